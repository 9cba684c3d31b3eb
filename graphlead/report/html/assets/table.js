"use strict";
// The table of leads: searched, filtered and sorted in place, one page at a time.
(() => {
  const table = document.getElementById("lead-table");
  document.documentElement.classList.add("js");
  if (!table) return;
  const PAGE = 25;
  const PRINTED = 50;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const field = (id) => document.getElementById(id);
  const heads = [...table.querySelectorAll("th[aria-sort]")];
  let shown = PAGE;

  function wanted(row) {
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const fit = field("fit").value;
    const segment = field("segment") ? field("segment").value : "";
    return words.every((word) => texts.get(row).includes(word)) &&
      (!fit || row.dataset.fit === fit) && (!segment || row.dataset.segment === segment);
  }

  function update() {
    let n = 0;
    for (const row of body.rows) {
      const found = wanted(row);
      row.classList.toggle("filtered", !found);
      row.classList.toggle("later", found && n >= shown);
      row.classList.toggle("beyond", found && n >= PRINTED);
      if (found) n += 1;
    }
    const all = rows.length.toLocaleString("en-US");
    field("found").textContent = n === rows.length ? `${all} companies` : `${n.toLocaleString("en-US")} of ${all} companies`;
    field("more").hidden = field("all").hidden = n <= shown;
  }

  function sort(head) {
    const { sort: key, kind } = head.querySelector("button").dataset;
    const down = head.getAttribute("aria-sort") === "ascending" || (head.getAttribute("aria-sort") === "none" && key === "score");
    heads.forEach((each) => each.setAttribute("aria-sort", each === head ? (down ? "descending" : "ascending") : "none"));
    const value = (row) => (kind === "number" ? Number(row.dataset[key]) : row.dataset[key]);
    const compare = (a, b) => (kind === "number" ? value(a) - value(b)
      : Number(!value(a)) - Number(!value(b)) || value(a).localeCompare(value(b)));
    const sorted = [...rows].sort((a, b) => (down ? -1 : 1) * compare(a, b) || a.dataset.rank - b.dataset.rank);
    body.append(...sorted);
    update();
  }

  heads.forEach((head) => head.querySelector("button").addEventListener("click", () => sort(head)));
  table.closest("section").querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["search", "fit", "segment"]) {
    if (field(id)) field(id).addEventListener("input", () => { shown = PAGE; update(); });
  }
  field("more").addEventListener("click", () => { shown += PAGE; update(); });
  field("all").addEventListener("click", () => { shown = rows.length; update(); });
  update();
})();
