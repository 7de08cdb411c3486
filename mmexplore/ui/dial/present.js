// The presentation: one chart of a dial fills the window, with the sentence and the sliders, in large type; nothing else is seen.
// A link opens it (present=1), and the key P. A presenter's clicker sends Page Up and Page Down: these step through the charts whatever has the
// focus; the arrows do where no slider has it. Nothing of this waits for Python, which is told afterwards so that the address can say it.
const LIVE = new Set();
const PRESENTING = "data-mmexplore-presenting";
const STEPS = { PageDown: 1, PageUp: -1, "]": 1, "[": -1 }, ARROWS = { ArrowRight: 1, ArrowLeft: -1 };
const LEAST_WIDE = 326, LEAST_HIGH = 262; // layout units of a chart; a view that needs more says so (`wide`)
const UNIT = 12.5, LEAST_UNIT = 0.97; // of a chart's text; least pixels of a unit, which make 12 of it

class Presentation {
  constructor(dial) {
    this.dial = dial;
    this.on = false;
    this.k = 0;
    this.count = h("span", { class: "count num" });
    const button = (words, label, go) => h("button", { type: "button", "aria-label": label, onclick: go }, words);
    this.hint = h("p", { class: "hint" }, button("‹", "Previous chart", () => this.step(-1)), this.count, button("›", "Next chart", () => this.step(1)),
      h("span", {}, "Page Up, Page Down or arrows"), button("Esc: leave", "Leave the presentation", () => this.set(false, true)));
    dial.root.append(this.hint);
  }
  set(on, tell) {
    if (on !== this.on) on ? this.enter() : this.leave();
    if (tell) this.dial.tell();
  }
  enter() {
    const { root } = this.dial;
    for (const d of LIVE) d.show.leave();
    this.on = true;
    this.before = focused();
    pageStyle();
    document.documentElement.setAttribute(PRESENTING, "");
    root.classList.add("presented");
    this.raise();
    root.tabIndex = -1;
    root.focus();
    this.step(0);
  }
  // above everything, whatever stands around the dial
  raise() {
    const { root } = this.dial;
    if (!this.on || !root.showPopover || !root.isConnected) return;
    root.popover = "manual";
    if (!root.matches(":popover-open")) root.showPopover();
  }
  leave() {
    if (!this.on) return;
    const { root } = this.dial;
    this.on = false;
    document.documentElement.removeAttribute(PRESENTING);
    root.classList.remove("presented");
    root.removeAttribute("popover");
    root.removeAttribute("tabindex");
    for (const f of this.dial.figs) f.node.classList.remove("off"), (f.width = 0);
    this.dial.relayout();
    this.before?.focus?.({ preventScroll: true });
  }
  step(by) {
    const { figs } = this.dial, n = figs.length;
    if (!this.on || !n) return;
    this.k = clamp(this.k + by, 0, n - 1);
    figs.forEach((f, i) => f.node.classList.toggle("off", i !== this.k));
    say(this.count, `${this.k + 1} of ${n}`);
    if (by) say(this.dial.live, figs[this.k].def.title);
    figs[this.k].width = 0;
    this.dial.relayout();
  }
  // How many pixels a layout unit of a chart has, and how high the chart is: text as large as the sentence's where the chart's parts have room then.
  size(f) {
    const { clientWidth: w, clientHeight: high } = f.hold, wants = f.def.tall ? f.def.tall({ dial: f.dial, W: LEAST_WIDE }) : LEAST_HIGH;
    const z = Math.min(parseFloat(getComputedStyle(f.dial.root).fontSize) / UNIT, Math.max(LEAST_UNIT, w / (f.def.wide ?? LEAST_WIDE)), Math.max(0.5, high / wants));
    return [z, Math.min(high / z, (1.3 * w) / z)];
  }
}

function focused() {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return e === document.body ? null : e;
}
function pageStyle() {
  const id = "mmexplore-presenting";
  if (!document.getElementById(id)) document.head.append(h("style", { id }, `:root[${PRESENTING}] { overflow: hidden; } :root[${PRESENTING}] body { visibility: hidden; }`));
}
const slides = (e) => e.localName === "input" && e.type === "range";
const typing = (e) => !slides(e) && (["input", "textarea", "select"].includes(e.localName) || e.isContentEditable);

// the dial that has the focus, else the topmost one
function main(path = []) {
  const host = (d) => d.root.getRootNode().host ?? d.root.parentNode, top = (d) => host(d).getBoundingClientRect().top;
  const seen = [...LIVE].filter((d) => d.figs.length && host(d).getClientRects().length);
  return seen.find((d) => path.includes(d.root)) ?? seen.sort((a, b) => top(a) - top(b))[0];
}
function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  const path = e.composedPath(), at = path[0] instanceof Element ? path[0] : document.body, dial = [...LIVE].find((d) => d.show.on);
  const p = e.key.toLowerCase() === "p" && !e.repeat && !typing(at);
  const by = dial && (STEPS[e.key] ?? (slides(at) || typing(at) ? 0 : ARROWS[e.key]));
  if (by) dial.show.step(by);
  else if (dial && (e.key === "Escape" || p)) dial.show.set(false, true);
  else if (!dial && p && main(path)) main(path).show.set(true, true);
  else return;
  e.preventDefault();
  e.stopPropagation();
}
function live(dial, on) {
  if (on) LIVE.add(dial);
  else LIVE.delete(dial);
  if (!on) dial.show.leave();
  removeEventListener("keydown", onKey, true);
  if (LIVE.size) addEventListener("keydown", onKey, true);
}

// The address says 1 for the page's topmost dial, and the name of another one.
const ownName = (dial) => last(dial.token.split("."));
const nameOf = (dial) => (main() === dial ? "1" : ownName(dial));
const isNamed = (dial, name) => name === ownName(dial) || (name === "1" && main() === dial);
// What a link or Back says of the choosers and of the presentation, taken over once.
function arrive(dial, around) {
  dial.around = around;
  if (!around || around.rev === dial.arrived) return false;
  dial.arrived = around.rev;
  dial.chosen = { ...around.charts };
  for (const opt of Object.values(dial.opts)) for (const name in opt) delete opt[name];
  return true;
}
