"use strict";
// Charts of segments of customers.
(() => {
  const { data, color, ink, soft, rule, blue, orange, none, narrow, percent, count, short, tip, tooltip, axis, shares, grid, draw } = page;
  const names = data.segments.map((each) => each.name);
  const colors = names.map((_, i) => color("s" + i));
  const three = (x) => Number(x.toPrecision(3));

  function sizes() {
    const place = document.getElementById("sizes");
    place.style.height = 60 + 46 * names.length + "px";
    const valued = data.segments.some((each) => each.value_share !== null);
    const bars = (name, key, fill) => ({ type: "bar", name, barGap: "10%", barCategoryGap: "34%", itemStyle: { color: fill },
      data: data.segments.map((each) => each[key]).reverse(),
      label: { show: true, position: "right", color: soft, fontSize: 12, formatter: (p) => percent(p.value) } });
    draw("sizes", {
      legend: { top: 0, left: 0, icon: "roundRect", itemHeight: 10, itemWidth: 14 },
      grid: { left: narrow() ? 110 : 190, right: 48, top: 34, bottom: 28 },
      xAxis: shares("", { axisLabel: { color: soft, fontSize: 12, formatter: percent, hideOverlap: true } }),
      yAxis: axis({ type: "category", data: [...names].reverse(), axisLine: { show: false },
        axisLabel: { color: ink, fontSize: 12.5, width: narrow() ? 100 : 176, overflow: "break" } }),
      series: [...(valued ? [bars("Of the value", "value_share", orange)] : []), bars("Of the customers", "share", blue)],
      tooltip: tooltip((p) => tip(p.name, [`${percent(p.value)} ${p.seriesName.toLowerCase()}`]), "item"),
    });
  }

  function plane() {
    const { points, axes } = data.plane;
    const line = (name) => axis({ type: "value", scale: true, name, nameGap: 26, splitLine: { show: true, lineStyle: { color: rule } } });
    draw("plane", {
      grid: grid({ left: 50, bottom: 48 }), xAxis: line(axes[0]), yAxis: { ...line(axes[1]), nameGap: 34 },
      series: names.map((name, i) => ({ type: "scatter", name, symbolSize: 6,
        data: points.filter((p) => p[2] === i).map((p) => ({ value: [p[0], p[1]], name: p[4], out: p[3],
          itemStyle: p[3] ? { color: "#fff", borderColor: colors[i], borderWidth: 1.4 } : { color: colors[i], opacity: 0.55 } })) })),
      tooltip: tooltip((p) => tip(p.name, [p.seriesName, ...(p.data.out ? ["set aside as noise"] : [])]), "item"),
    });
  }

  function columns() {
    data.columns.forEach((each, at) => {
      const { edges, logarithmic, segments } = each;
      const order = segments.map((one) => names.indexOf(one.segment));
      const middle = (i) => (logarithmic ? Math.sqrt(edges[i] * edges[i + 1]) : (edges[i] + edges[i + 1]) / 2);
      draw("histogram-" + at, {
        grid: grid({ left: 52, bottom: 30 }),
        xAxis: axis({ type: "category", data: edges.slice(1).map((_, i) => short(three(middle(i)))), axisLabel: { color: soft, fontSize: 12, hideOverlap: true } }),
        yAxis: axis({ type: "value", axisLine: { show: false }, splitNumber: 3, splitLine: { lineStyle: { color: rule } }, axisLabel: { color: soft, fontSize: 12, formatter: short } }),
        series: segments.map((one, i) => ({ type: "bar", stack: "all", name: one.segment, barCategoryGap: "6%", data: one.counts, itemStyle: { color: colors[order[i]] } })),
        tooltip: tooltip((p) => tip(`${short(edges[p.dataIndex])} to ${short(edges[p.dataIndex + 1])}`, [`${count(p.value)} ${p.seriesName}`]), "item"),
      });
      draw("density-" + at, {
        grid: grid({ left: 14, bottom: 30 }),
        xAxis: axis({ type: logarithmic ? "log" : "value", min: each.grid[0], max: each.grid[each.grid.length - 1],
          axisLabel: { color: soft, fontSize: 12, hideOverlap: true, showMaxLabel: false, formatter: (x) => short(three(x)) } }),
        yAxis: { type: "value", show: false },
        series: segments.flatMap((one, i) => (one.density ? [{ type: "line", name: one.segment, symbol: "none", data: each.grid.map((x, j) => [x, one.density[j]]),
          lineStyle: { color: colors[order[i]], width: 2 }, itemStyle: { color: colors[order[i]] } }] : [])),
        tooltip: tooltip((points) => tip(`Near ${short(three(points[0].axisValue))}`,
          [...points].sort((a, b) => b.value[1] - a.value[1]).slice(0, 4).map((p) => p.seriesName)), "axis"),
      });
    });
  }

  function candidates() {
    const rows = data.candidates;
    if (!rows.length) return;
    const line = (name, key, stroke) => ({ type: "line", name, symbolSize: 7, lineStyle: { color: stroke, width: 2.4 }, itemStyle: { color: stroke },
      data: rows.map((row) => [row.segments, row[key]]) });
    draw("candidates", {
      legend: { top: 0, right: 12, icon: "roundRect", itemHeight: 4, itemWidth: 18 }, grid: grid({ top: 34 }),
      xAxis: axis({ type: "value", min: rows[0].segments, max: Math.max(rows[rows.length - 1].segments, rows[0].segments + 1), minInterval: 1, name: "Segments", nameGap: 28 }),
      yAxis: shares("", { max: 1, axisLabel: { color: soft, fontSize: 12 } }),
      series: [{ ...line("Agreement of samples", "agreement", blue), markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: none, type: [5, 5], width: 1.4 }, data: [{ xAxis: data.chosen }] } },
        line("Differences explained", "explained", orange)],
      tooltip: tooltip((points) => tip(`${points[0].value[0]} segments`, points.map((p) => `${p.seriesName} ${p.value[1].toFixed(3)}`)), "axis"),
    });
  }

  function votes() {
    if (!data.votes) return;
    const { counts, edges } = data.votes;
    draw("votes", {
      grid: grid({ left: 56 }), xAxis: axis({ type: "category", data: counts.map((_, i) => edges[i]), name: "Vote", nameGap: 28 }),
      yAxis: axis({ type: "value", name: "Customers", nameGap: 42, axisLine: { show: false }, splitNumber: 3, splitLine: { lineStyle: { color: rule } }, axisLabel: { color: soft, fontSize: 12, formatter: short } }),
      series: [{ type: "bar", barCategoryGap: "8%", data: counts, itemStyle: { color: blue } }],
      tooltip: tooltip((p) => tip(`${edges[p.dataIndex]} to ${edges[p.dataIndex + 1]}`, [`${count(p.value)} customers`]), "item"),
    });
  }

  sizes();
  plane();
  columns();
  candidates();
  votes();
})();
