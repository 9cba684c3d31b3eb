"use strict";
// Why one company is on the list: the reasons, and its paths to clients.
(() => {
  const which = document.getElementById("which");
  if (!which) return;
  const { data, element, showPaths } = report;
  const place = (part) => document.getElementById("why-" + part);

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
    place("name").textContent = `${each.rank}. ${each.name}`;
    place("reasons").replaceChildren(...each.reasons.map((text) => element("li", text)));
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
