"use strict";
// Why one company is on the list: what moved its score, and its paths to clients.
(() => {
  const which = document.getElementById("which");
  if (!which) return;
  const { data, element, showPaths } = report;
  const place = (part) => document.getElementById("why-" + part);
  const SVG = "http://www.w3.org/2000/svg";

  function bar(contribution, most) {
    const svg = document.createElementNS(SVG, "svg");
    const rect = document.createElementNS(SVG, "rect");
    const width = (50 * Math.abs(contribution)) / most;
    svg.setAttribute("viewBox", "0 0 100 12");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const box = { x: contribution < 0 ? 50 - width : 50, y: 1, width, height: 10, class: contribution < 0 ? "down" : "up" };
    Object.entries(box).forEach(([name, value]) => rect.setAttribute(name, value));
    svg.append(rect);
    return svg;
  }

  function reason({ text, contribution }, most) {
    const item = element("li");
    const words = element("span", text);
    words.append(element("span", contribution < 0 ? " (lowers it)" : " (raises it)", "hidden"));
    item.append(bar(contribution, most), words);
    return item;
  }

  function tie({ sentence, cypher, parameters }) {
    const item = element("li", sentence);
    if (cypher) {
      const more = element("details");
      const given = Object.entries(parameters).map(([name, value]) => `$${name} = ${value}`).join("\n");
      more.append(element("summary", "Query"), element("pre", given ? `${cypher}\n\n${given}` : cypher));
      item.append(more);
    }
    return item;
  }

  function show(i) {
    const each = data.evidence[i];
    const most = Math.max(...each.reasons.map((r) => Math.abs(r.contribution)), 1e-9);
    place("name").textContent = `${each.rank}. ${each.name}`;
    place("reasons").replaceChildren(...each.reasons.map((r) => reason(r, most)));
    place("counterfactual").textContent = each.counterfactual;
    place("introduction").textContent = each.introduction;
    place("ties").replaceChildren(...each.ties.map(tie));
    if (each.more) place("ties").append(element("li", `And ${each.more} more.`));
    place("nothing").hidden = each.ties.length > 0;
    place("drawing").hidden = !each.graph.nodes.length;
    if (each.graph.nodes.length) showPaths(each.graph);
  }

  which.addEventListener("input", () => show(Number(which.value)));
  document.querySelectorAll("[data-why]").forEach((button) => button.addEventListener("click", () => {
    const i = data.evidence.findIndex((each) => each.rank === Number(button.dataset.why));
    which.value = String(i);
    show(i);
    document.getElementById("evidence").scrollIntoView();
    which.focus({ preventScroll: true });
  }));
  const first = Math.max(0, data.evidence.findIndex((each) => each.ties.length));
  which.value = String(first);
  show(first);
})();
