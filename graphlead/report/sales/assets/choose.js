"use strict";
// The sliders: cases, precision, recall and value of the list that they choose, from counts of held-out cases.
(() => {
  const { data, ink, blue, orange, percent, count, tip, tooltip, shares, grid, draw } = page;
  if (!data.choose) return;
  const { grid: fine, heldout, list, sliders } = data.choose;
  const field = (id) => document.getElementById(id);
  const summed = (values) => { let sum = 0; return values.map((each) => (sum += each)); };
  const [called, held, hits] = [summed(list.cases), summed(heldout.cases), summed(heldout.hits)];
  const last = (sums) => sums[sums.length - 1];
  const chosen = Object.fromEntries(sliders.map((each) => [each.id, each.value]));

  // How many of the steps, which fall, are at or over one.
  function over(steps, least) {
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] >= least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  const sum = (sums, n) => (n ? sums[n - 1] : 0);

  // The list at these sliders. The last case that is called sets the probability at which held-out cases are counted.
  function figures({ threshold, capacity, cost, gain }) {
    const wanted = Math.ceil((threshold / 100) * fine - 1e-6);
    const able = sum(called, over(list.step, wanted));
    const cases = Math.min(able, Math.floor(capacity));
    const least = cases === able ? wanted : cases ? list.step[called.findIndex((each) => each >= cases)] : fine + 1;
    const n = over(heldout.step, least);
    const [seen, good] = [sum(held, n), sum(hits, n)];
    const precision = seen ? good / seen : null;
    return { able, cases, least, seen, good, precision, recall: last(hits) ? good / last(hits) : null,
      value: valued(cases, precision, cost, gain) };
  }

  function valued(cases, precision, cost, gain) {
    if (!cost && !gain) return null;
    if (!cases) return 0;
    return precision === null ? null : cases * (precision * gain - cost);
  }

  const chart = draw("tradeoff", tradeoff());
  function tradeoff() {
    const enough = heldout.step.map((_, i) => i).filter((i) => held[i] >= 10);
    const line = (name, stroke, of) => ({ type: "line", name, symbol: "none", sampling: "lttb", lineStyle: { color: stroke, width: 2.4 },
      data: enough.map((i) => [heldout.step[i] / fine, of(i)]).reverse() });
    return {
      color: [blue, orange], legend: { top: 0, right: 12, icon: "roundRect", itemHeight: 4, itemWidth: 18 },
      grid: grid({ top: 34 }), xAxis: shares("Threshold", { nameGap: 28, max: Math.min(1, Math.ceil((heldout.step[0] / fine) * 20) / 20 || 1), splitLine: { show: false } }),
      yAxis: shares("", { max: 1 }),
      series: [line("Precision", blue, (i) => hits[i] / held[i]), line("Recall", orange, (i) => hits[i] / (last(hits) || 1))],
      tooltip: tooltip((points) => tip(`Threshold ${percent(points[0].value[0])}`, points.map((p) => `${p.seriesName} ${percent(p.value[1])}`)), "axis"),
    };
  }

  const text = (id, value, of) => { field(id).textContent = value; field(id + "-of").textContent = of; };
  const share = (x) => (x === null ? "–" : percent(x));

  function show() {
    const now = figures(chosen);
    text("cases", count(now.cases), now.cases < now.able ? `of ${count(now.able)} over the threshold` : `of ${count(last(called))} scored`);
    text("precision", share(now.precision), now.seen ? `${count(now.good)} of ${count(now.seen)} held-out cases` : "no held-out case is so high");
    text("recall", share(now.recall), `${count(now.good)} of ${count(last(hits))}`);
    text("value", now.value === null ? "–" : count(now.value), !chosen.cost && !chosen.gain ? "set what a call costs and a success brings"
      : !chosen.cost ? "as if calls cost nothing" : chosen.gain > chosen.cost ? `a call pays from a chance of ${percent(chosen.cost / chosen.gain)}` : "no call can pay");
    field("value").classList.toggle("loss", now.value < 0);
    chart.setOption({ series: [{ markLine: { silent: true, animation: false, symbol: "none", label: { show: false },
      lineStyle: { color: ink, width: 1.5, type: "solid" }, data: [{ xAxis: now.least / fine }] } }] });
  }

  sliders.forEach(({ id, step, unit }) => {
    const [range, number] = [field(id), field(id + "-number")];
    const take = (value) => {
      chosen[id] = value;
      range.setAttribute("aria-valuetext", `${value}${unit}`);
      show();
    };
    range.addEventListener("input", () => {
      number.value = Number((Math.round(range.value / step) * step).toFixed(6));
      take(Number(number.value));
    });
    number.addEventListener("input", () => {
      if (!number.value || !(number.value >= 0)) return;
      if (Number(number.value) > Number(range.max) && (id === "cost" || id === "gain")) range.max = number.max = number.value;
      range.value = number.value;
      take(Math.min(Number(number.value), Number(range.max)));
    });
    range.setAttribute("aria-valuetext", `${range.value}${unit}`);
  });
  document.querySelector(".sliders").addEventListener("submit", (event) => event.preventDefault());
  show();
})();
