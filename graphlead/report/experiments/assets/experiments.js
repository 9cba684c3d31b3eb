"use strict";
// Charts of an experiment.
(() => {
  const { data, color, ink, soft, rule, blue, light, none, narrow, percent, count, short, tip, tooltip, axis, grid, band, draw, whisker } = page;
  const figure = (x) => (Math.abs(x) >= 1000 ? count(x) : x.toFixed(Math.abs(x) >= 9.95 ? 1 : 2));

  function lifts() {
    const place = document.getElementById("lifts");
    if (!place) return;
    const panels = data.lifts.map((panel) => ({ ...panel, rows: [...panel.rows].reverse() }));
    const tall = Math.max(...panels.map((panel) => panel.rows.length));
    place.style.height = `${panels.length * (tall * 40 + 78)}px`;
    const left = () => (narrow() ? 104 : 190);
    const high = 100 / panels.length;
    const at = (i) => ({ xAxisIndex: i, yAxisIndex: i });
    const option = () => ({
      title: panels.map((panel, i) => ({ text: panel.outcome, left: left(), top: `${i * high}%`, textStyle: { fontSize: 13.5, fontWeight: 600, color: ink } })),
      grid: panels.map((_, i) => ({ left: left(), right: 22, top: `${i * high + 26 / place.clientHeight * 100}%`, height: tall * 40 })),
      xAxis: panels.map((panel, i) => axis({ type: "value", gridIndex: i,
        splitNumber: narrow() ? 3 : 6, splitLine: { show: true, lineStyle: { color: rule } }, axisLabel: { color: soft, fontSize: 12, formatter: (x) => short(Math.round(x * 1e6) / 1e6) + (panel.unit ? " pt" : "") } })),
      yAxis: panels.map((panel, i) => axis({ type: "category", gridIndex: i, data: panel.rows.map((row) => row.arm), axisLine: { show: false },
        axisLabel: { color: ink, fontSize: 12.5, width: left() - 14, overflow: "truncate" } })),
      series: panels.flatMap((panel, i) => {
        const seen = panel.rows.map((row, y) => [row.lift, y, row.low, row.high]).filter(([x]) => x !== null);
        return [
          { ...whisker(false, seen.filter(([, , low]) => low !== null), () => light), ...at(i) },
          { type: "scatter", ...at(i), symbolSize: 11, z: 4, itemStyle: { color: blue }, data: seen,
            encode: { x: 0, y: 1, tooltip: [0, 2, 3] },
            markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: none, type: [5, 5], width: 1.4 }, data: [{ xAxis: 0 }] },
            tooltip: { formatter: (p) => {
              const [lift, y, low, top] = p.value;
              return tip(panel.rows[y].arm, [`${figure(lift)}${panel.unit} of ${panel.outcome}`, low === null ? "too few cases for an interval" : `from ${figure(low)} to ${figure(top)}`]);
            } } },
        ];
      }),
      tooltip: tooltip(undefined, "item"),
    });
    const chart = draw("lifts", option());
    let was = narrow();
    window.addEventListener("resize", () => {
      if (was !== narrow()) chart.setOption(option());
      was = narrow();
    });
  }

  function curve(each, i) {
    const [x, line] = [each.depth, (key) => each.depth.map((depth, j) => [depth, each[key][j]])];
    draw(`curve-${i}`, {
      grid: grid(),
      xAxis: axis({ type: "value", min: 0, max: 1, name: "Share of the list that is treated, the first of it", nameGap: 30, axisLabel: { color: soft, fontSize: 12, formatter: percent } }),
      yAxis: axis({ type: "value", name: each.name, nameGap: 44, splitLine: { lineStyle: { color: rule } }, axisLine: { show: false } }),
      series: [
        ...whole(band("interval", x, each.added_low, each.added_high, light, 0.25)),
        { type: "line", symbol: "none", data: [[0, 0], ...line("at_random")], lineStyle: { color: none, type: [5, 5], width: 1.5 } },
        { type: "line", symbol: "circle", symbolSize: 5, data: [[0, 0], ...line("added")], lineStyle: { color: blue, width: 2.5 }, itemStyle: { color: blue }, z: 4 },
      ],
      tooltip: tooltip((points) => {
        const j = x.findIndex((depth) => Math.abs(depth - points[0].axisValue) < 1e-6);
        if (j < 0) return "";
        return tip(`The first ${percent(x[j])}`, [`${figure(each.added[j])} (${figure(each.added_low[j])} to ${figure(each.added_high[j])})`, `at random ${figure(each.at_random[j])}`]);
      }, "axis"),
    });
  }

  // A band whose lower line may lie below nothing: each part is stacked whatever its sign.
  const whole = (parts) => parts.map((part) => ({ ...part, stackStrategy: "all" }));

  function needed() {
    const { lines, cases } = data.power;
    draw("needed", {
      grid: grid(),
      xAxis: axis({ type: "value", name: "Lift, points", nameGap: 30, min: 0 }),
      yAxis: axis({ type: "log", name: "Cases needed", nameGap: 44, splitLine: { lineStyle: { color: rule } }, axisLine: { show: false }, axisLabel: { color: soft, fontSize: 12, formatter: short } }),
      series: lines.map((each, i) => ({
        type: "line", name: each.name, data: each.points, symbolSize: 6, lineStyle: { width: 2.4, color: color("s" + i) }, itemStyle: { color: color("s" + i) },
        ...(i ? {} : { markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: none, type: [5, 5], width: 1.5 }, data: [{ yAxis: cases }] } }),
      })),
      tooltip: tooltip((points) => tip(`${points[0].value[0]} points`, points.map((p) => `${p.seriesName}: ${count(p.value[1])} cases`)), "axis"),
    });
  }

  if (data.power) needed();
  if (data.lifts) {
    lifts();
    data.curves.forEach(curve);
  }
})();
