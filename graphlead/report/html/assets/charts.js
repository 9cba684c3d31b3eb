"use strict";
// Charts of the report.
const report = (() => {
  const { data, color, ink, soft, rule, blue, light, orange, none, narrow, percent, count, short, element, tip, tooltip, axis, shares, grid, band, draw } = page;
  const segmentColors = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => color("s" + i));
  const lengths = (values) => axis({
    type: "log", min: Math.max(1, values[0]), max: values[values.length - 1], name: "Companies on the list", nameGap: 30,
    axisLabel: { color: soft, fontSize: 12, formatter: short, hideOverlap: true, showMaxLabel: false },
  });
  const rankerColors = { pagerank: "#a04668", tabular: "#bf7a16", tabular_graph: "#2e7d5b", gnn: "#5b6bb0", linear: "#7a8594", blend: "#17557c" };

  function lift() {
    const figure = data.lift;
    if (!figure) return;
    let split = 0;
    let shown = figure.ranker;
    const option = () => {
      const { length, share, curves } = figure.splits[split];
      const series = curves.flatMap((curve) => {
        const on = curve.ranker === shown;
        const line = {
          type: "line", name: curve.name, symbol: "none", z: on ? 4 : 3, data: length.map((n, i) => [n, curve.recall[i]]),
          lineStyle: { width: on ? 3 : 1.4, color: rankerColors[curve.ranker] || blue, opacity: on ? 1 : 0.75 },
        };
        return on ? [...band(curve.name, length, curve.low, curve.high, rankerColors[curve.ranker] || blue, 0.16), line] : [line];
      });
      series.push({ type: "line", name: "Chance", symbol: "none", data: length.map((n, i) => [n, share[i]]), z: 2,
        lineStyle: { type: [5, 5], width: 1.6, color: "#7c8894" } });
      return {
        grid: grid(), xAxis: lengths(length), yAxis: shares("Held-out clients found", { max: 1 }), series,
        tooltip: tooltip((points) => {
          const i = points[0].dataIndex;
          const lines = curves.map((c) => `${c.name}: ${percent(c.recall[i])} (${percent(c.low[i])} to ${percent(c.high[i])})`);
          return tip(`${count(length[i])} companies`, [...lines, `Chance: ${percent(share[i])}`]);
        }, "axis"),
      };
    };
    const chart = draw("lift", option());
    const press = (buttons, pressed) => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b === pressed)));
    const update = () => chart.setOption(option(), { replaceMerge: ["series"] });
    const splits = [...document.querySelectorAll("[data-split][aria-pressed]")];
    const rankers = [...document.querySelectorAll(".rankers [data-ranker]")];
    splits.forEach((b) => b.addEventListener("click", () => { split = Number(b.dataset.split); press(splits, b); update(); }));
    rankers.forEach((b) => {
      b.style.setProperty("--c", rankerColors[b.dataset.ranker] || blue);
      b.addEventListener("click", () => { shown = b.dataset.ranker; press(rankers, b); update(); });
    });
  }

  function hits() {
    const figure = data.hits;
    if (!figure || figure.length.length < 2) return;
    const { length, point, low, high } = figure;
    const whole = (value) => count(Math.round(value));
    draw("hits", {
      grid: grid(), xAxis: lengths(length), yAxis: shares("Expected to buy", { axisLabel: { color: soft, fontSize: 12, formatter: short } }),
      series: [...band("interval", length, low, high, blue, 0.14),
        { type: "line", symbol: "none", data: length.map((n, i) => [n, point[i]]), lineStyle: { color: blue, width: 3 } }],
      tooltip: tooltip((points) => {
        const i = points[0].dataIndex;
        return tip(`First ${count(length[i])} companies`, [`${whole(point[i])} expected to buy`,
          `${count(Math.floor(low[i]))} to ${count(Math.ceil(high[i]))} in 8 of 10 cases`]);
      }, "axis"),
    });
  }

  function scores() {
    const figure = data.scores;
    if (!figure) return;
    const colors = ["#c9d4dc", light, blue];
    const names = ["Weak", "Moderate", "Strong"];
    draw("scores", {
      grid: grid({ bottom: 46 }),
      xAxis: axis({ type: "category", data: figure.counts.map((_, i) => figure.edges[i]), name: "Score", nameGap: 28 }),
      yAxis: axis({ type: "value", name: "Companies", nameGap: 46, axisLine: { show: false }, splitNumber: 3,
        splitLine: { lineStyle: { color: rule } }, axisLabel: { color: soft, fontSize: 12, formatter: short } }),
      series: [{ type: "bar", barCategoryGap: "8%",
        data: figure.counts.map((value, i) => ({ value, itemStyle: { color: colors[figure.bands[i]] } })) }],
      tooltip: tooltip((p) => tip(`${figure.edges[p.dataIndex]} to ${figure.edges[p.dataIndex + 1]}`,
        [`${count(p.value)} companies, ${names[figure.bands[p.dataIndex]].toLowerCase()} fit`]), "item"),
    });
  }

  function distributions() {
    (data.distributions || []).forEach((each, i) => {
      const line = (values, stroke, fill) => ({ type: "line", symbol: "none", data: each.grid.map((x, j) => [x, values[j]]),
        lineStyle: { color: stroke, width: 2 }, areaStyle: { color: fill, opacity: 0.18 } });
      draw("distribution-" + i, {
        grid: { left: 8, right: 18, top: 10, bottom: 28 },
        xAxis: axis({ type: each.logarithmic ? "log" : "value", min: each.grid[0], max: each.grid[each.grid.length - 1],
          axisLabel: { color: soft, fontSize: 12, formatter: (x) => short(Number(x.toPrecision(3))), hideOverlap: true, showMaxLabel: false } }),
        yAxis: { type: "value", show: false },
        series: [line(each.register, "#9aa6b1", "#9aa6b1"), line(each.clients, blue, blue)],
      });
    });
  }

  function season() {
    if (!data.season) return;
    draw("season", {
      grid: grid({ left: 40, bottom: 30 }),
      xAxis: axis({ type: "category", data: data.season.months }),
      yAxis: axis({ type: "value", minInterval: 1, splitNumber: 3, axisLine: { show: false }, splitLine: { lineStyle: { color: rule } } }),
      series: [{ type: "bar", data: data.season.counts, itemStyle: { color: blue }, barCategoryGap: "20%" }],
      tooltip: tooltip((p) => tip(p.name, [`${count(p.value)} clients won`]), "item"),
    });
  }

  function plane() {
    const figure = data.plane;
    if (!figure) return;
    const kinds = ["other company", "company to call", "client"];
    const colorOf = (segment) => (segment < 0 ? none : segmentColors[segment % 8]);
    const layer = (kind, look) => ({
      type: "scatter", ...look,
      data: figure.points.filter((p) => p[3] === kind).map(([x, y, segment, , name]) => ({ value: [x, y], name, segment, kind,
        itemStyle: kind === 1 ? { color: "#fff", borderColor: figure.coloured ? colorOf(segment) : orange, borderWidth: 1.8 }
          : { color: figure.coloured ? colorOf(segment) : kind === 2 ? blue : none, borderColor: "#fff", borderWidth: kind === 2 ? 1 : 0 } })),
    });
    const edge = figure.geographic ? { left: 56, right: 10, top: 10, bottom: 48 } : { left: 34, right: 10, top: 10, bottom: 34 };
    const line = (name, gap) => axis({ type: "value", scale: true, name, nameGap: gap,
      axisLine: { show: figure.geographic, onZero: false, lineStyle: { color: none } },
      axisLabel: { show: figure.geographic, color: soft, fontSize: 12, showMinLabel: false, showMaxLabel: false, hideOverlap: true,
        formatter: (x) => Number(x.toFixed(2)) + "°" } });
    const chart = draw("plane", {
      grid: edge, xAxis: line(figure.axes[0], figure.geographic ? 30 : 14), yAxis: line(figure.axes[1], figure.geographic ? 40 : 14),
      series: [layer(0, { symbolSize: 4, itemStyle: { opacity: 0.42 }, z: 1 }),
        layer(1, { symbol: "diamond", symbolSize: 8.5, z: 2 }), layer(2, { symbolSize: 8, z: 3 })],
      tooltip: tooltip((p) => tip(p.data.name || kinds[p.data.kind], [kinds[p.data.kind],
        ...(p.data.segment >= 0 ? [figure.segments[p.data.segment]] : [])]), "item"),
    });
    if (!figure.geographic) return;
    // A degree of longitude is shorter than one of latitude by the cosine of the latitude, on any shape of page.
    const span = (i) => { const all = figure.points.map((p) => p[i]); return [Math.min(...all), Math.max(...all)]; };
    const [[west, east], [south, north]] = [span(0), span(1)];
    const squeeze = Math.cos(((south + north) / 2) * (Math.PI / 180));
    const fit = () => {
      const [width, height] = [chart.getWidth() - edge.left - edge.right, chart.getHeight() - edge.top - edge.bottom];
      const scale = 0.96 * Math.min(width / Math.max((east - west) * squeeze, 1e-6), height / Math.max(north - south, 1e-6));
      const around = (low, high, half) => ({ min: (low + high) / 2 - half, max: (low + high) / 2 + half });
      chart.setOption({ xAxis: around(west, east, width / scale / squeeze / 2), yAxis: around(south, north, height / scale / 2) });
    };
    fit();
    window.addEventListener("resize", fit);
  }

  function paths() {
    const colors = { lead: orange, between: none, client: blue };
    const chart = draw("paths", {});
    return chart && (({ nodes, edges, columns, rows }) => {
      const place = document.getElementById("paths");
      place.style.height = 72 * rows + 30 + "px";
      chart.resize();
      const side = narrow() ? 52 : 120;
      const room = Math.max(72, Math.min(220, (place.clientWidth - 2 * side) / Math.max(columns - 1, 1) - 14));
      const hidden = { type: "value", show: false };
      chart.setOption({
        grid: { left: side, right: side, top: 16, bottom: 44 },
        xAxis: { ...hidden, min: 0, max: Math.max(columns - 1, 1) },
        yAxis: { ...hidden, inverse: true, min: -(rows - 1) / 2 || -1, max: (rows - 1) / 2 || 1 },
        tooltip: tooltip((p) => (p.dataType === "edge" ? tip(p.data.relation, []) : tip(p.name, [p.data.kind])), "item"),
        series: [{
          type: "graph", coordinateSystem: "cartesian2d", edgeSymbol: ["none", "none"], cursor: "default",
          data: nodes.map((n, i) => ({ id: String(i), name: n.name, kind: n.label, value: [n.x, n.y],
            label: { show: true, position: "bottom", formatter: "{b}", width: room, height: 30, overflow: "break", lineOverflow: "truncate", lineHeight: 14, ellipsis: "…", color: ink, fontSize: 12,
              distance: 3, fontWeight: n.role === "between" ? 400 : 600, textBorderColor: "#fff", textBorderWidth: 3 },
            symbolSize: n.role === "between" ? 12 : 18, itemStyle: { color: colors[n.role], opacity: 1 } })),
          // Edges across a column are bent, so that they do not seem to pass through its nodes.
          links: edges.map(([source, target, relation]) => ({ source: String(source), target: String(target), relation,
            lineStyle: { curveness: nodes[target].x - nodes[source].x > 1 ? 0.14 : 0 } })),
          lineStyle: { color: "#9aa6b1", width: 1.5, opacity: 1 },
          emphasis: { focus: "adjacency", lineStyle: { width: 2.5 } },
        }],
      }, { replaceMerge: ["series"] });
    });
  }

  lift();
  hits();
  scores();
  distributions();
  season();
  plane();
  const showPaths = paths();

  return { data, element, showPaths };
})();
