// What is under the pointer: names, values and units in a label beside it, and a crosshair that moves no slider. One for all views of a dial; what
// it says comes from the view's `at` (see core.js). The mouse shows it while it points, a finger from a tap until the next one; a drag, a scroll and
// Escape take it away. Nothing here is asked while nobody points, and a move reads no layout: the chart's place is read once, and again after the
// dial was drawn or the page scrolled. Label and crosshair lie in layers of their own, so that the chart below is not painted again.
const ROWS = 14;

// An axis's value with its unit, the place of a slider nearest to x, and an outline.
const spoken = (a, v) => `${valued(a, v)}${a.unit ? " " + a.unit : ""}`;
const stepped = (a, x) => +clamp(a.low + Math.round((x - a.low) / a.step) * a.step, a.low, a.high).toPrecision(12);
const boxed = (x, y, w, h_) => `M${x} ${y}h${w}v${h_}h${-w}z`;
const ringed = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const within = (x, y, x0, y0, x1, y1) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
const shareOf = (x, all) => `${fix((100 * x) / all, 0)} %`;
// Numbers at a place: the exact ones where the dial rests there, else read off the grid.
const readAt = (dial, st, v) => (st.exact && v.every((x, i) => Math.abs(x - st.v[i]) < 1e-9) ? st.exact.q : dial.grid.at(v, dial.k));
// The height of a line through points at x: of all its crossings the one nearest to y, with the share of the way between points i - 1 and i.
function crossing(points, x, y, height = (z) => z) {
  let best = null;
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    if ((x0 - x) * (x1 - x) > 0 || x0 === x1) continue;
    const w = (x - x0) / (x1 - x0), z = y0 + w * (y1 - y0), off = Math.abs(height(z) - y);
    if (!best || off < best.off) best = { y: z, i, w, off };
  }
  return best;
}

class Pointing {
  constructor(dial) {
    this.dial = dial;
    this.again = () => ((this.stale = true), this.show());
    this.lost = () => (this.touch ? this.stop() : ((this.stale = true), this.hide()));
    this.key = (e) => e.key === "Escape" && this.hide();
    this.elsewhere = (e) => this.fig && !e.composedPath().includes(this.fig.hold) && this.stop();
  }
  watch(fig) {
    const move = (e) => {
      this.start(fig);
      if (!this.box || this.stale) this.place();
      [this.x, this.y, this.touch] = [e.clientX, e.clientY, e.pointerType === "touch"];
      if (this.dial.dragging) this.hide();
      else this.frame ||= requestAnimationFrame(() => ((this.frame = 0), this.show()));
    };
    set(fig.hold, { onpointermove: move, onpointerdown: move, onpointercancel: () => this.stop(), onpointerleave: (e) => e.pointerType !== "touch" && this.stop() });
  }
  start(fig) {
    if (this.fig === fig) return;
    this.stop();
    this.fig = fig;
    this.listen("addEventListener");
    if (!this.tip) this.make();
    fig.hold.append(this.over);
  }
  stop() {
    if (!this.fig) return;
    this.listen("removeEventListener");
    cancelAnimationFrame(this.frame);
    this.hide();
    this.over.remove();
    this.fig = this.box = null;
    this.frame = 0;
  }
  listen(what) {
    this.dial.root[what]("dial-draw", this.again);
    window[what]("scroll", this.lost, true);
    window[what]("keydown", this.key, true);
    window[what]("pointerdown", this.elsewhere, true);
  }
  // the only reading of layout
  place() {
    const { clientWidth, clientHeight } = document.documentElement;
    [this.box, this.room, this.stale] = [this.fig.svg.getBoundingClientRect(), [clientWidth, clientHeight], false];
  }
  make() {
    this.head = h("div", { class: "tip-head", dir: "auto" });
    this.note = h("div", { class: "tip-note" });
    this.rows = range(ROWS, () => {
      const ink = h("span", { class: "tip-ink" }), name = h("span", { class: "tip-name", dir: "auto" }), value = h("span", { class: "tip-value num", dir: "auto" });
      return { node: h("div", { class: "tip-row" }, ink, name, value), ink, name, value };
    });
    this.tip = h("div", { class: "tip", popover: "manual", "aria-hidden": "true" }, this.head, ...this.rows.map((r) => r.node), this.note);
    this.marks = { halo: s("path", { class: "over-halo" }), shape: s("path", { class: "over-shape" }), cross: s("path", { class: "over-cross" }), dots: s("path", { class: "over-dots" }) };
    this.over = s("svg", { class: "over", "aria-hidden": "true" }, Object.values(this.marks));
    this.dial.root.append(this.tip);
  }
  show() {
    const { fig, dial, box } = this;
    if (fig && !fig.node.isConnected) return this.stop();
    if (!fig || !box || !dial.st || dial.dragging || Math.abs(box.width - fig.width) > 2) return this.hide();
    const z = fig.W / box.width, seen = fig.view.at?.((this.x - box.left) * z, (this.y - box.top) * z, dial.st);
    if (!seen) return this.hide();
    this.write(seen);
    this.draw(seen);
    this.put();
    if (!this.on) (this.on = true), (this.over.style.display = ""), (this.tip.style.display = "block"), this.tip.showPopover?.();
  }
  hide() {
    if (!this.on) return this.over && (this.over.style.display = "none");
    this.on = false;
    this.tip.hidePopover?.();
    this.tip.style.display = this.over.style.display = "none";
  }
  write({ head, items, note }) {
    say(this.head, short(String(head), 90));
    say(this.note, note || "");
    this.rows.forEach(({ node, ink, name, value }, i) => {
      const item = items[i];
      node.hidden = !item;
      if (!item) return;
      say(name, short(String(item[0]), 60));
      say(value, short(String(item[1]), 60));
      ink.style.background = item[2] || "";
      ink.hidden = !item[2];
    });
  }
  draw({ v, h: across, shape, dots }) {
    const { marks, over, fig } = this, cross = (v ? `M${v[0].toFixed(1)} ${v[1]}V${v[2]}` : "") + (across ? `M${across[1]} ${across[0].toFixed(1)}H${across[2]}` : "");
    if (this.drawnFor !== fig.svg.getAttribute("viewBox")) set(over, { viewBox: (this.drawnFor = fig.svg.getAttribute("viewBox")) });
    set(marks.halo, { d: cross + (shape || "") });
    set(marks.shape, { d: shape || "" });
    set(marks.cross, { d: cross });
    set(marks.dots, { d: (dots || []).map(([x, y]) => ringed(+x.toFixed(1), +y.toFixed(1), 4)).join("") });
  }
  // Beside the pointer, towards the middle of the screen and never beyond its edges; the browser knows the label's size, nobody has to ask.
  put() {
    const { x, y } = this, off = this.touch ? 30 : 16, inside = (from, far, p) => `clamp(8px,${p > far / 2 ? `${from - off}px - 100%` : `${from + off}px`},${far - 8}px - 100%)`;
    this.tip.style.transform = `translate(${inside(x, this.room[0], x)},${inside(y, this.room[1], y)})`;
  }
}
