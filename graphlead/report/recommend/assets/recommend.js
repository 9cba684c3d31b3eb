"use strict";
// Charts of a run of `recommend`.
(() => {
  const { data, ink, soft, rule, blue, light, narrow, percent, count, tip, tooltip, axis, draw } = page;

  // Names beside the bars: as much room as the page has.
  const names = (rows) => axis({ type: "category", data: rows, axisLine: { show: false },
    axisLabel: { color: ink, fontSize: 12.5, width: narrow() ? 128 : 250, overflow: "break", lineHeight: 14, interval: 0 } });
  const place = () => ({ left: narrow() ? 140 : 268, right: 26, top: 8, bottom: 48 });

  function models() {
    if (!data.models.shown.length) return;
    const shown = [...data.models.shown].reverse();
    const stroke = (i) => (shown[i].chosen ? blue : light);
    draw("models", {
      grid: place(),
      xAxis: axis({ type: "value", scale: true, name: "NDCG@10", nameGap: 28, splitNumber: 4, splitLine: { show: true, lineStyle: { color: rule } },
        axisLabel: { color: soft, fontSize: 12, hideOverlap: true, formatter: (x) => x.toFixed(2) } }),
      yAxis: names(shown.map((row) => row.name)),
      series: [
        { type: "custom", silent: true, z: 3, encode: { x: [0, 2, 3], y: 1 }, data: shown.map((row, y) => [row.ndcg_10, y, row.low, row.high]),
          renderItem: (_, api) => {
            const [[x1, y1], [x2, y2]] = [2, 3].map((i) => api.coord([api.value(i), api.value(1)]));
            return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: stroke(api.value(1)), lineWidth: 2.5, fill: null } };
          } },
        { type: "scatter", symbolSize: 11, z: 4, data: shown.map((row, y) => ({ value: [row.ndcg_10, y], itemStyle: { color: stroke(y) } })),
          tooltip: { formatter: (p) => {
            const row = shown[p.value[1]];
            return tip(row.name, [`NDCG@10 ${row.ndcg_text} (${row.interval})`, `${row.coverage_text} of the items recommended`]);
          } } },
      ],
      tooltip: tooltip(undefined, "item"),
    });
  }

  function most() {
    const shown = [...data.most].reverse();
    draw("most-chart", {
      grid: place(),
      xAxis: axis({ type: "value", name: "Share of the customers", nameGap: 28, splitNumber: 4, splitLine: { show: true, lineStyle: { color: rule } },
        axisLabel: { color: soft, fontSize: 12, hideOverlap: true, formatter: percent } }),
      yAxis: names(shown.map((row) => row.item)),
      series: [{ type: "bar", barWidth: "62%", itemStyle: { color: blue }, data: shown.map((row) => row.share) }],
      tooltip: tooltip((p) => tip(shown[p.dataIndex].item, [`on ${count(shown[p.dataIndex].lists)} lists, ${shown[p.dataIndex].text}`]), "item"),
    });
  }

  models();
  most();
})();
