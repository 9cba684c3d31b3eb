"use strict";
// Charts of a sales run.
(() => {
  const { data, color, ink, soft, rule, blue, light, none, narrow, percent, count, tip, tooltip, axis, shares, grid, band, draw, whisker } = page;
  const three = (x) => x.toFixed(3);

  function models() {
    const { rows, frequent } = data.models;
    const shown = [...rows].reverse();
    const panels = [["auc", "AUC", three, 0.5], ["accuracy", "Accuracy", percent, frequent]];
    const stroke = (i) => (shown[i].chosen ? blue : light);
    const option = () => {
      const stacked = narrow();
      const place = (i) => (stacked ? { left: 138, right: 22, top: i ? "53%" : 8, height: "37%" }
        : { left: i ? "65%" : 178, right: i ? 26 : "44%", top: 8, bottom: 48 });
      const at = (i) => ({ xAxisIndex: i, yAxisIndex: i });
      return {
        grid: panels.map((_, i) => place(i)),
        xAxis: panels.map(([, name, text], i) => axis({ type: "value", scale: true, gridIndex: i, name, nameGap: 28, splitNumber: 4,
          min: (range) => Math.max(0, Math.floor(range.min * 20 - 0.2) / 20), max: (range) => Math.min(1, Math.ceil(range.max * 20 + 0.2) / 20),
          splitLine: { show: true, lineStyle: { color: rule } }, axisLabel: { color: soft, fontSize: 12, hideOverlap: true, formatter: i ? percent : (x) => x.toFixed(2) } })),
        yAxis: panels.map((_, i) => axis({ type: "category", gridIndex: i, data: shown.map((row) => row.name), axisLine: { show: false },
          axisLabel: { show: stacked || !i, color: ink, fontSize: 12.5, width: stacked ? 126 : 166, overflow: "break" } })),
        series: panels.flatMap(([key, name, text, chance], i) => {
          const known = shown.map((row, y) => [row[key], y, row[key + "_low"], row[key + "_high"]]).filter(([x]) => x !== null);
          return [
            { ...whisker(false, known.filter(([, , low]) => low !== null), stroke), ...at(i) },
            { type: "scatter", ...at(i), symbolSize: 11, z: 4, data: known.map((each) => ({ value: each.slice(0, 2), itemStyle: { color: stroke(each[1]) } })),
              markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: none, type: [5, 5], width: 1.4 }, data: [{ xAxis: chance }] },
              tooltip: { formatter: (p) => tip(shown[p.value[1]].name, [`${name} ${shown[p.value[1]][key + "_text"]} (${shown[p.value[1]][key + "_interval"]})`]) } },
          ];
        }),
        tooltip: tooltip(undefined, "item"),
      };
    };
    redrawn(draw("models", option()), option);
  }

  // Drawn anew where the page becomes narrow or wide.
  function redrawn(chart, option) {
    let was = narrow();
    window.addEventListener("resize", () => {
      if (was !== narrow()) chart.setOption(option());
      was = narrow();
    });
  }

  function calibration() {
    if (!data.calibration) return;
    const { groups } = data.calibration;
    const most = Math.min(1, Math.ceil(Math.max(...groups.map((g) => Math.max(g.high, g.predicted))) * 20) / 20);
    draw("calibration", {
      grid: grid(), xAxis: shares("Predicted", { max: most, nameGap: 30 }), yAxis: shares("Happened", { max: most }),
      series: [
        { type: "line", symbol: "none", silent: true, data: [[0, 0], [most, most]], lineStyle: { color: none, type: [5, 5], width: 1.5 } },
        whisker(true, groups.map((g) => [g.predicted, g.happened, g.low, g.high]), () => light),
        { type: "scatter", symbolSize: 10, z: 4, itemStyle: { color: blue }, data: groups.map((g) => [g.predicted, g.happened]) },
      ],
      tooltip: tooltip((p) => {
        const g = groups[p.dataIndex];
        return tip(`${count(g.n)} cases`, [`predicted ${g.predicted_text}`, `happened ${g.happened_text} (${g.interval})`]);
      }, "item"),
    });
  }

  function survival() {
    if (!data.survival) return;
    const { curves } = data.survival;
    const colors = curves.map((_, i) => color("s" + i));
    const steps = (curve, key) => curve.time.map((t, i) => [t, curve[key][i]]);
    draw("curves", {
      color: colors,
      grid: grid(),
      xAxis: axis({ type: "value", min: 0, max: Math.max(...curves.map((c) => c.time[c.time.length - 1])), name: "Time since they came", nameGap: 30 }),
      yAxis: shares("Stay", { max: 1 }),
      series: curves.flatMap((curve, i) => [
        ...band(curve.name + " ", curve.time, curve.low, curve.high, colors[i], 0.12).map((each) => ({ ...each, step: "end", name: curve.name })),
        { type: "line", name: curve.name, step: "end", symbol: "none", data: steps(curve, "survival"), lineStyle: { width: i ? 1.8 : 3, color: colors[i] }, z: 4 },
      ]),
      tooltip: tooltip((points) => {
        const at = points[0].axisValue;
        const last = (curve) => curve.time.reduce((found, t, i) => (t <= at ? i : found), 0);
        return tip(`After ${count(at)}`, curves.map((c) => {
          const i = last(c);
          return `${c.name}: ${percent(c.survival[i])} (${percent(c.low[i])} to ${percent(c.high[i])})`;
        }));
      }, "axis"),
    });
  }

  models();
  calibration();
  survival();
})();
