"use strict";
// The surroundings of a company: nodes stand at the positions in the page's data, so every viewer sees the same.
(() => {
  const { data, color, ink, soft, narrow, tip, tooltip, draw } = page;
  const symbols = { holder: "rect", person: "triangle", industry: "diamond", place: "rect" };
  const LONG = 26;
  const FONT = 11.5;
  const cut = (text) => { const all = [...text]; return all.length > LONG ? all.slice(0, LONG - 1).join("") + "…" : text; };

  // The area of a company grows with its score.
  function size(node) {
    if (node.look === "asked") return 30;
    if (node.look === "client") return 18;
    if (node.look === "company") return node.score === null ? 9 : 9 + 15 * Math.sqrt(node.score);
    return node.look === "place" ? 8 : 11;
  }

  // In pixels of the whole picture, so that nothing is stretched; on a narrow screen the picture is turned upright.
  const margins = () => ({ left: narrow() ? 40 : 80, right: narrow() ? 40 : 80, top: 30, bottom: 44 });
  function stand(node) {
    const place = document.getElementById("network");
    const { left, right, top, bottom } = margins();
    const [across, down] = narrow() ? [node.y, node.x] : [node.x, 1 - node.y];
    return { x: across * (place.clientWidth - left - right), y: down * (place.clientHeight - top - bottom) };
  }

  // Two invisible corners keep the rest in place when something is hidden.
  const corners = () => [{ x: 0, y: 0 }, { x: 1, y: 1 }].map((at, i) => ({
    id: "corner-" + i, ...stand(narrow() ? { x: at.y, y: at.x } : { x: at.x, y: 1 - at.y }), symbol: "none", symbolSize: 0, label: { show: false },
  }));

  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `600 ${FONT}px ${getComputedStyle(document.body).fontFamily}`;
  const meets = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  const SIDES = {
    bottom: (x, y, r, w) => ({ x: x - w / 2, y: y + r + 2, w, h: 14 }), right: (x, y, r, w) => ({ x: x + r + 3, y: y - 7, w, h: 14 }),
    top: (x, y, r, w) => ({ x: x - w / 2, y: y - r - 16, w, h: 14 }), left: (x, y, r, w) => ({ x: x - r - 3 - w, y: y - 7, w, h: 14 }),
  };
  const first = ["asked", "client", "company", "holder", "person", "industry", "place"];

  // The names that fit, and the side of their nodes, without covering another name or node: the company's own first,
  // then clients, then high scores. Then the shares of stakes, where there is room at the middle of their lines.
  function written(sought) {
    const place = document.getElementById("network");
    const frame = margins();
    const at = data.nodes.map((node) => { const { x, y } = stand(node); return { x: x * zoom, y: y * zoom, r: size(node) / 2 }; });
    const there = (i) => !hidden.has(data.nodes[i].look);
    const inside = (box) => zoom > 1 || (box.x > -frame.left && box.x + box.w < place.clientWidth - frame.left && box.y > -frame.top && box.y + box.h < place.clientHeight - frame.top);
    const taken = at.flatMap(({ x, y, r }, i) => (there(i) ? [{ x: x - r, y: y - r, w: 2 * r, h: 2 * r, i }] : []));
    const free = (box, i) => inside(box) && !taken.some((other) => other.i !== i && meets(box, other));
    const loud = (i) => first.indexOf(data.nodes[i].look) < 2;
    // A client's name may cover other nodes: it is what the reader looks for.
    const bearable = (box, i) => inside(box) && !taken.some((other) => other.i !== i && (other.i === undefined || loud(other.i)) && meets(box, other));
    const rank = (i) => first.indexOf(data.nodes[i].look) - (data.nodes[i].score || 0);
    const sides = new Map();
    [...at.keys()].filter((i) => there(i) && (!sought || sought.has(i))).sort((a, b) => rank(a) - rank(b)).forEach((i) => {
      const width = pen.measureText(cut(data.nodes[i].name)).width + 4;
      const box = (side) => SIDES[side](at[i].x, at[i].y, at[i].r, width);
      const names = Object.keys(SIDES);
      const side = names.find((each) => free(box(each), i)) || (loud(i) && names.find((each) => bearable(box(each), i))) || (i === 0 && "bottom");
      if (!side) return;
      sides.set(i, side);
      taken.push(box(side));
    });
    const shares = new Set();
    data.edges.forEach(({ source, target, share }, i) => {
      if (!share || sought || !there(source) || !there(target)) return;
      const width = pen.measureText(share).width + 4;
      const [a, b] = [at[source], at[target]];
      const box = { x: (a.x + b.x + bends[i] * (b.y - a.y) - width) / 2, y: (a.y + b.y - bends[i] * (b.x - a.x)) / 2 - 7, w: width, h: 14 };
      if (!free(box, -1)) return;
      shares.add(i);
      taken.push(box);
    });
    return { sides, shares };
  }

  function nodes(sought, sides) {
    return data.nodes.map((node, i) => {
      const own = color(node.look);
      const dim = sought && !sought.has(i);
      const loud = node.look === "asked" || node.look === "client" || Boolean(sought && sought.has(i));
      return {
        id: String(i), name: node.name, category: categories.indexOf(node.look), value: node.score,
        ...stand(node),
        symbol: symbols[node.look] || "circle", symbolSize: size(node),
        itemStyle: { color: own, borderColor: node.what === "Client" ? ink : "#fff", borderWidth: node.what === "Client" ? 2 : 1, opacity: dim ? 0.15 : 1 },
        label: { show: sides.has(i), position: sides.get(i) || "bottom", fontWeight: loud ? 600 : 400, color: symbols[node.look] ? soft : ink },
      };
    });
  }

  // Several ties between the same two nodes are bent apart.
  const bends = (() => {
    const between = new Map();
    return data.edges.map(({ source, target }) => {
      const pair = [Math.min(source, target), Math.max(source, target)].join("-");
      const nth = between.get(pair) || 0;
      between.set(pair, nth + 1);
      const bend = 0.16 * Math.ceil(nth / 2) * (nth % 2 ? 1 : -1);
      return source < target ? bend : -bend;
    });
  })();

  function edges(sought, shares) {
    return data.edges.map((tie, i) => {
      const level = tie.look === "level";
      return {
        source: String(tie.source), target: String(tie.target), symbol: ["none", level ? "none" : "arrow"], symbolSize: [0, 7],
        lineStyle: { color: color(tie.look), width: level ? 1 : tie.look === "owns" ? 1.8 : 1.3, type: level ? [3, 4] : "solid",
          opacity: sought ? 0.12 : level ? 0.7 : 0.85, curveness: bends[i] },
        label: { show: shares.has(i) },
      };
    });
  }

  function tipOf({ dataType, dataIndex, data: { id } }) {
    if (dataType === "edge") {
      const edge = data.edges[dataIndex];
      return tip(edge.name, [`${data.nodes[edge.source].name} → ${data.nodes[edge.target].name}`, ...(edge.note ? [edge.note] : [])]);
    }
    const node = data.nodes[Number(id)];
    return tip(node.name, [
      node.key ? `${node.what}, ${node.key}` : node.what,
      ...(node.score === null ? [] : [`Score ${node.percent}${node.rank && `, rank ${node.rank}`}`]),
      ...(node.beside ? [`Also in ${node.beside}`] : []),
      ...(node.steps ? [node.steps === 1 ? "1 step away" : `${node.steps} steps away`] : []),
    ]);
  }

  const categories = data.looks.map((each) => each.look);
  const hidden = new Set();
  let zoom = 1;
  function series(sought, more) {
    const { sides, shares } = written(sought);
    return {
      id: "ego", type: "graph", layout: "none", cursor: "pointer", ...margins(), roam: zoom > 1 ? "move" : false, zoom, nodeScaleRatio: 0.001,
      categories: categories.map((name) => ({ name, itemStyle: { color: color(name) } })),
      data: [...nodes(sought, sides), ...corners()], links: edges(sought, shares),
      label: { distance: 3, fontSize: FONT, formatter: ({ name }) => cut(name), textBorderColor: "#fff", textBorderWidth: 3 },
      edgeLabel: { fontSize: 10.5, color: soft, rotate: 0, position: "middle", distance: 0, align: "center", verticalAlign: "middle",
        formatter: ({ dataIndex }) => data.edges[dataIndex].share, textBorderColor: "#fff", textBorderWidth: 3 },
      emphasis: { focus: "adjacency", label: { show: true }, lineStyle: { width: 2.5, opacity: 1 } },
      blur: { itemStyle: { opacity: 0.15 }, lineStyle: { opacity: 0.06 }, label: { show: false } },
      ...more,
    };
  }

  const chart = draw("network", {
    legend: { show: false, data: categories }, tooltip: tooltip(tipOf, "item"), series: [series(null)],
  });
  let sought = null;
  const update = (more) => chart.setOption({ series: [series(sought, more)] });

  document.querySelectorAll("[data-look]").forEach((button) => button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (on) hidden.delete(button.dataset.look);
    else hidden.add(button.dataset.look);
    update();
    chart.dispatchAction({ type: on ? "legendSelect" : "legendUnSelect", name: button.dataset.look });
  }));

  const steps = { in: (z) => Math.min(8, z * 1.5), out: (z) => Math.max(1, z / 1.5), whole: () => 1 };
  function look(change, center) {
    zoom = change(zoom);
    update(zoom === 1 ? { center: null } : center ? { center } : {});
  }
  document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => look(steps[button.dataset.zoom])));

  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const rows = [...document.querySelectorAll("[data-node]")];
  const texts = data.nodes.map((node) => `${node.name} ${node.key} ${node.what}`.toLowerCase());
  function search() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    sought = words.length ? new Set(texts.flatMap((text, i) => (words.every((word) => text.includes(word)) ? [i] : []))) : null;
    rows.forEach((row) => row.classList.toggle("filtered", Boolean(sought && !sought.has(Number(row.dataset.node)))));
    found.textContent = sought ? `${sought.size} of ${data.nodes.length} found` : "";
    update();
  }
  find.addEventListener("input", search);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !sought || !sought.size) return;
    const { x, y } = stand(data.nodes[[...sought][0]]);
    look(() => Math.max(zoom, 2.5), [x, y]);
  });

  // With a view box the drawing can shrink as a whole, as it has to on paper.
  const framed = () => document.querySelector("#network svg").setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  framed();
  window.addEventListener("resize", () => { look(steps.whole); framed(); });
})();
