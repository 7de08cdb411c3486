// Under each chart: the same numbers as a table (filled only while open), and the chart as a file of its own.
function twin(fig) {
  const body = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": fig.def.title + ", numbers" });
  const node = h("details", { class: "twin" }, h("summary", {}, "Numbers"), body);
  fig.twin = node;
  fig.body = body;
  node.addEventListener("toggle", () => node.open && fillTwin(fig, fig.dial.st));
  return node;
}
function fillTwin(fig, st) {
  const { view, body, dial } = fig;
  if (!st || !view.rows) return;
  const [head, ...rows] = view.rows(st);
  const sign = rows.length + "," + head.join();
  if (fig.twinSign !== sign) {
    fig.twinSign = sign;
    const cell = (c, i) => (i ? h("td", { class: "num" }, c) : h("th", { scope: "row" }, c));
    body.replaceChildren(h("table", {}, h("caption", { class: "sr" }, [dial.d.title, fig.def.title].filter(Boolean).join(": ")),
      h("thead", {}, h("tr", {}, head.map((c) => h("th", { scope: "col" }, c)))), h("tbody", {}, rows.map((r) => h("tr", {}, r.map(cell))))));
  } else rows.forEach((r, j) => r.forEach((c, i) => say(body.querySelector("tbody").rows[j].cells[i], c)));
}

function saver(fig) {
  const item = (kind, theme, text) => h("button", { type: "button", onclick: () => save(fig, kind, theme).finally(() => (menu.open = false)) }, text);
  const menu = h("details", { class: "menu" }, h("summary", { "aria-label": `Save ${fig.def.title}`, title: "Save this figure" }, s("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, s("path", { d: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" }))),
    h("div", {}, item("svg", "light", "SVG, white"), item("svg", "dark", "SVG, dark"), item("png", "light", "PNG, white"), item("png", "dark", "PNG, dark")));
  const leave = (e) => { if (!e.composedPath().includes(menu)) menu.open = false; };
  menu.addEventListener("toggle", () => (menu.open ? addEventListener : removeEventListener)("pointerdown", leave, true));
  menu.addEventListener("keydown", (e) => {
    if (e.key === "Escape") (menu.open = false), menu.querySelector("summary").focus();
  });
  return menu;
}

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "font-variant-numeric", "paint-order", "visibility", "display", "text-anchor"];

// The chart with title, position and unit written on it and every style inside it: it needs nothing else.
function standalone(fig, theme) {
  const { dial, svg, W, H } = fig, { d, st, grid } = dial;
  const copy = svg.cloneNode(true);
  const paper = theme === "dark" ? "#12161c" : "#ffffff";
  const where = grid.axes.map((a, i) => `${a.label} = ${valued(a, st.v[i])}${a.unit ? " " + a.unit : ""}`).join(", ");
  const wrap = (text, n) => text.split(" ").reduce((l, w) => (last(l).length + w.length < n ? (l[l.length - 1] += (last(l) && " ") + w) : l.push(w), l), [""]);
  const titles = wrap([d.title, fig.def.title].filter(Boolean).join(" · "), W / 8.6), notes = [`${where} · values in ${dial.unit()} · ${dial.facts("said")?.[0] ?? (st.exact ? "exact" : "interpolated")}`, d.caption].filter(Boolean).flatMap((x) => wrap(x, W / 6.6));
  const top = 14 + 20 * titles.length, foot = 10 + 18 * notes.length;
  const all = s("svg", { xmlns: SVG, viewBox: `0 0 ${W + 32} ${H + top + foot + 8}`, width: Math.round(W + 32), height: Math.round(H + top + foot + 8) },
    s("title", {}, [d.title, fig.def.title].filter(Boolean).join(": ")), s("desc", {}, `${fig.view.alt ? fig.view.alt(st) : dial.find(st)} ${where}; ${dial.unit()}.`),
    s("rect", { width: "100%", height: "100%", fill: paper }),
    titles.map((x, i) => t(16, 24 + 20 * i, "strong", x)), s("g", { transform: `translate(16 ${top})` }, ...copy.childNodes),
    notes.map((x, i) => t(16, H + top + 20 + 18 * i, "note", x)));
  const stage = h("div", { class: "dial stage", "data-theme": theme, "data-paper": theme, "aria-hidden": "true" }, all);
  dial.root.parentNode.append(stage);
  for (const e of all.querySelectorAll("*")) {
    const style = getComputedStyle(e);
    let css = "";
    for (const k of KEPT) css += `${k}:${style.getPropertyValue(k).replaceAll('"', "'")};`;
    e.setAttribute("style", css);
    for (const k of ["class", "role", "tabindex"]) e.removeAttribute(k);
  }
  stage.remove();
  all.setAttribute("font-family", "sans-serif");
  return all;
}
async function save(fig, kind, theme) {
  const all = standalone(fig, theme);
  let file = new Blob([new XMLSerializer().serializeToString(all)], { type: "image/svg+xml" });
  if (kind === "png") {
    const image = new Image(), url = URL.createObjectURL(file);
    image.src = url;
    await image.decode();
    const canvas = h("canvas", { width: 2 * all.getAttribute("width"), height: 2 * all.getAttribute("height") });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    file = await new Promise((done) => canvas.toBlob(done, "image/png"));
  }
  const name = [fig.dial.d.title, fig.name].filter(Boolean).join(" ").normalize("NFKD").replace(/[^\w]+/g, "-").replace(/^-|-$/g, "").toLowerCase().slice(0, 60);
  const a = h("a", { href: URL.createObjectURL(file), download: `${name || "figure"}.${kind}` });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 5000);
}
