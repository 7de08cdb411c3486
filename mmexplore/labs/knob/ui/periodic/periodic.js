const NODES = new WeakMap();
const SVG = "http://www.w3.org/2000/svg";

function put(tag, attrs, ...kids) {
  const e = tag[0] === "~" ? document.createElementNS(SVG, tag.slice(1)) : document.createElement(tag);
  for (const k in attrs || {}) if (attrs[k] != null) e.setAttribute(k, attrs[k]);
  e.append(...kids.filter((k) => k != null));
  return e;
}

// Left what is compressed, right what is told; latents between them, in the height of the views they see.
function graph(m) {
  const W = 112, rows = Math.max(2, m.encoder.length), H = [48, 48, 54, 70, 94][rows], r = 10.5, at = {}, svg = put("~svg", { viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true" });
  const sees = m.encoder.map(([parents]) => parents), used = new Set(sees.flat()), told = new Set(m.decoder.filter((e) => e[2]).map((e) => e[1]));
  const heights = { X: used.has("Y") || told.has("Y") ? 12 : H / 2, Y: used.has("X") || told.has("X") ? H - 12 : H / 2 };
  for (const v of used) at["<" + v] = [12, heights[v]];
  for (const v of told) at[">" + v] = [W - 12, heights[v]];
  // latents of X on top, of both in the middle, of Y below; the main one of a view stands nearer to the middle
  const key = (e) => (e[0].length > 1 ? 0 : e[0][0] === "X" ? -1 : 1) * (e[1][0] === "W" ? 2 : 1), order = [...m.encoder].sort((a, b) => key(a) - key(b));
  order.forEach((e, i) => (at[e[1]] = [W / 2, order.length === 1 ? H / 2 : 12 + (i * (H - 24)) / (order.length - 1)]));
  const arrow = (a, b) => {
    const [x1, y1] = at[a], [x2, y2] = at[b], d = Math.hypot(x2 - x1, y2 - y1), u = [(x2 - x1) / d, (y2 - y1) / d];
    const [sx, sy, ex, ey] = [x1 + u[0] * r, y1 + u[1] * r, x2 - u[0] * (r + 2), y2 - u[1] * (r + 2)];
    svg.append(put("~path", { class: "edge", d: `M${sx} ${sy}L${ex - u[0] * 3} ${ey - u[1] * 3}` }), put("~path", { class: "head", d: `M${ex} ${ey}l${-u[0] * 5 - u[1] * 2.6} ${-u[1] * 5 + u[0] * 2.6}l${u[1] * 5.2} ${-u[0] * 5.2}z` }));
  };
  for (const [parents, child, directed] of m.decoder) if (!directed) for (const c of ["mutual", "mutual core"]) svg.append(put("~path", { class: c, d: `M${at[parents[0]]}L${at[child]}` }));
  for (const [parents, child] of m.encoder) for (const p of parents) arrow("<" + p, child);
  for (const [parents, child, directed] of m.decoder) if (directed) for (const p of parents) arrow(p, ">" + child);
  for (const name in at) {
    const [x, y] = at[name], view = "<>".includes(name[0]), label = put("~text", { x, y: y + (view || name.length < 2 ? 4.2 : 3) }, view ? name[1] : name[0]);
    if (!view && name.length > 1) label.append(put("~tspan", { dy: 2.4 }, name.slice(1)));
    svg.append(put("~circle", { cx: x, cy: y, r, class: view ? "view" : m.noisy ? "latent" : "latent still" }), label);
  }
  return svg;
}

function draw(node) {
  const { data, box } = node, had = box.getRootNode().activeElement?.dataset?.name;
  node.tiles = [];
  box.replaceChildren(...data.families.map((f) => put("div", { class: "family" }, put("h4", {}, f.title, put("span", {}, f.words)),
    put("div", { class: "tiles" }, ...f.methods.map((m) => {
      const on = m.name === data.chosen;
      const tile = put("button", { type: "button", class: "tile", role: "radio", "aria-checked": String(on), tabindex: on ? 0 : -1, "data-name": m.name, title: m.sentence, "aria-label": `${m.title}. ${m.sentence}${m.ready ? " Computed." : ""}` }, put("b", {}, m.title), graph(m), m.ready ? put("span", { class: "ready" }) : null);
      tile.addEventListener("click", () => node.send("picked", { name: m.name, at: Date.now() }));
      node.tiles.push(tile);
      return tile;
    })))), put("p", { class: "note" }, "Left of a tile: what is compressed. Right: what is told from it. Double line: the two codes tell each other.", put("i", {}), "computed: opens at once."));
  if (had) node.tiles.find((t) => t.dataset.name === had)?.focus();
}

function keys(node, e) {
  const i = node.tiles.indexOf(e.target), n = node.tiles.length, to = { ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0, End: n - 1 }[e.key];
  if (i < 0 || to == null) return;
  e.preventDefault();
  const next = node.tiles[(to + n) % n];
  for (const t of node.tiles) t.tabIndex = t === next ? 0 : -1;
  next.focus();
}

export default function ({ data, parentElement, setStateValue }) {
  let node = NODES.get(parentElement);
  if (!node) {
    const box = put("div", { class: "table", role: "radiogroup", "aria-label": "Method" });
    parentElement.append(put("div", { class: "wrap" }, box));
    NODES.set(parentElement, (node = { box }));
    box.addEventListener("keydown", (e) => keys(node, e));
  }
  node.send = setStateValue;
  const sign = JSON.stringify(data);
  if (node.sign !== sign) (node.sign = sign), (node.data = data), draw(node);
}
