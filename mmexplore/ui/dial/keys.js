// The page's keys in a list that "?" opens, and before everything else on the page a link that leads the keyboard to the dial. One of each, however
// many dials there are.
const KEYS = [
  ["← → ↑ ↓", "turn the slider by one step"],
  ["Page Up, Page Down", "turn it by a tenth of its way"],
  ["Home, End", "turn it to its ends"],
  ["Tab", "to the next slider, number or menu"],
  ["↑ ↓ in a number", "change it by one step; Enter takes a typed number"],
  ["P", "present one chart, the sliders and the finding; P or Esc leaves"],
  ["Page Up, Page Down, [ and ]", "the chart before and the next one, while presenting"],
  ["Esc", "close this list, a menu or the label at the pointer"],
  ["?", "open and close this list"],
];
const DIALS_HERE = (HUB.dials ??= new Set());
const typed = (e) => e?.matches?.("textarea, select, [contenteditable], input:not([type=range], [type=number], [type=checkbox], [type=radio], [type=button])");
const inSight = () => [...DIALS_HERE].filter((d) => d.root.isConnected && d.root.getClientRects().length).sort((a, b) => (a.host.compareDocumentPosition(b.host) & 4 ? -1 : 1));

function keysOpen() {
  if (HUB.keys) return HUB.keys.close();
  const dial = inSight()[0];
  if (!dial) return;
  const close = () => box.close(), box = h("dialog", { class: "keys", "aria-label": "Keys" }, h("div", { class: "keys-head" }, h("h2", {}, "Keys"), h("button", { type: "button", class: "go", onclick: close }, "Close")),
    h("table", {}, h("tbody", {}, KEYS.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, what))))), h("p", {}, "Pointing at a chart shows its values and moves nothing."));
  box.addEventListener("close", () => ((HUB.keys = null), box.remove()));
  box.addEventListener("click", (e) => e.target === box && close());
  dial.root.append(box);
  HUB.keys = box;
  box.showModal();
}
function keyed(e) {
  if (e.key !== "?" || e.ctrlKey || e.metaKey || e.altKey || typed(e.composedPath()[0])) return;
  e.preventDefault();
  keysOpen();
}
// The link stands before the application in the document, so that it is the first stop of the Tab key; it is seen only while it has the focus.
function skipLink() {
  const link = h("a", { href: "#mmexplore-dial", class: "mmexplore-skip" }, "Skip to the dial"), hidden = "position:fixed;left:8px;top:8px;z-index:1000000;padding:8px 14px;font:600 15px sans-serif;text-decoration:none;border-radius:8px;transform:translateY(-300%)";
  link.style.cssText = hidden;
  link.addEventListener("focus", () => {
    const dial = inSight()[0], style = dial && getComputedStyle(dial.root), of = (name, other) => style?.getPropertyValue(name).trim() || other;
    link.style.cssText = `${hidden};transform:none;color:${of("--st-text-color", "#31333f")};background:${of("--st-background-color", "#fff")};outline:2px solid ${of("--st-primary-color", "#0072b2")}`;
  });
  link.addEventListener("blur", () => (link.style.cssText = hidden));
  link.addEventListener("click", (e) => {
    e.preventDefault();
    const root = inSight()[0]?.root;
    (root?.querySelector("input[type=range]:enabled") ?? root?.querySelector("select, summary"))?.focus();
  });
  return link;
}
function joins(dial) {
  dial.host = dial.root.getRootNode().host ?? dial.root;
  if (DIALS_HERE.has(dial)) return;
  if (!DIALS_HERE.size) {
    addEventListener("keydown", keyed);
    document.body.prepend((HUB.skip = skipLink()));
  }
  DIALS_HERE.add(dial);
  if (!document.getElementById("mmexplore-dial")) dial.host.id = "mmexplore-dial";
}
function leaves(dial) {
  if (!DIALS_HERE.delete(dial)) return;
  if (dial.host.id === "mmexplore-dial") dial.host.removeAttribute("id");
  if (HUB.keys && dial.root.contains(HUB.keys)) HUB.keys.close();
  if (DIALS_HERE.size) {
    const next = inSight()[0];
    if (next && !document.getElementById("mmexplore-dial")) next.host.id = "mmexplore-dial";
    return;
  }
  removeEventListener("keydown", keyed);
  HUB.skip.remove();
}
