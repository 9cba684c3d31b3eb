"use strict";
// What every page needs to draw. Data comes from the page's JSON; text is inserted as text only, never as markup.
const page = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const css = getComputedStyle(document.documentElement);
  const color = (name) => css.getPropertyValue("--" + name).trim();
  const [ink, soft, rule, blue, light, orange] = ["ink", "soft", "rule", "blue", "light", "orange"].map(color);
  const none = "#b6c0c9";
  const font = getComputedStyle(document.body).fontFamily;
  const charts = [];
  const narrow = () => window.innerWidth < 600;

  const percent = (x) => {
    const digits = x >= 0.0995 || x === 0 ? 0 : x >= 0.00995 ? 1 : 2;
    return (100 * x).toFixed(digits) + "%";
  };
  const count = (x) => Math.round(x).toLocaleString("en-US");
  const short = (x) => (x >= 1e6 ? x / 1e6 + "M" : x >= 1e4 ? x / 1e3 + "k" : x.toLocaleString("en-US"));

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function tip(title, lines) {
    const box = element("div", undefined, "tip");
    box.append(element("b", title), ...lines.map((line) => element("span", line)));
    return box;
  }

  const tooltip = (formatter, trigger) => ({
    trigger, formatter, confine: true, borderColor: rule, borderWidth: 1, padding: [8, 11], backgroundColor: "#fff",
    extraCssText: "box-shadow:0 2px 8px rgba(28,39,51,.12);", axisPointer: { lineStyle: { color: none } },
  });

  const axis = (more) => ({
    axisLine: { lineStyle: { color: none } }, axisTick: { show: false }, nameLocation: "middle",
    axisLabel: { color: soft, fontSize: 12, hideOverlap: true }, nameTextStyle: { color: soft, fontSize: 12.5 },
    splitLine: { show: false }, ...more,
  });
  const shares = (name, more) => axis({
    type: "value", min: 0, name, nameGap: 44, splitLine: { lineStyle: { color: rule } }, axisLine: { show: false },
    axisLabel: { color: soft, fontSize: 12, formatter: percent }, ...more,
  });
  const grid = (more) => ({ left: 62, right: 18, top: 14, bottom: 48, ...more });

  // The band between two lines: the lower one invisible, the difference stacked onto it.
  function band(name, x, low, high, fill, opacity) {
    const base = { type: "line", stack: name, symbol: "none", silent: true, lineStyle: { opacity: 0 }, z: 1 };
    return [
      { ...base, name: name + " low", data: x.map((each, i) => [each, low[i]]) },
      { ...base, name: name + " high", data: x.map((each, i) => [each, high[i] - low[i]]),
        areaStyle: { color: fill, opacity } },
    ];
  }

  // A line from low to high with the point on it; dimensions: x, y, low, high, by `upright` along y or along x.
  const whisker = (upright, data, stroke) => ({
    type: "custom", data, silent: true, z: 3, encode: upright ? { x: 0, y: [1, 2, 3] } : { x: [0, 2, 3], y: 1 },
    renderItem: (_, api) => {
      const end = (i) => api.coord(upright ? [api.value(0), api.value(i)] : [api.value(i), api.value(1)]);
      const [[x1, y1], [x2, y2]] = [end(2), end(3)];
      return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: stroke(api.value(1)), lineWidth: 2.5, fill: null } };
    },
  });

  function draw(id, option) {
    const place = document.getElementById(id);
    if (!place) return null;
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption({ animation: false, textStyle: { fontFamily: font, color: ink }, ...option });
    charts.push(chart);
    return chart;
  }

  const resize = () => charts.forEach((chart) => chart.resize());
  window.addEventListener("resize", resize);
  window.addEventListener("beforeprint", resize);
  window.addEventListener("afterprint", resize);
  return { data, color, ink, soft, rule, blue, light, orange, none, narrow, percent, count, short, element, tip, tooltip, axis, shares, grid, band, draw, whisker };
})();
