// The dial: state, sliders, one drawing an animation frame, commits to Python, and figures that follow their width.
const DIALS = new WeakMap();

class Dial {
  constructor(parent) {
    this.root = h("div", { class: "dial", "data-theme": "light", "data-state": "start" });
    this.live = h("div", { class: "sr", "aria-live": "polite", role: "status" });
    this.controls = h("div", { class: "axes" });
    this.pill = h("span", { class: "pill" });
    this.readout = h("span", { class: "readout num" });
    this.finding = h("p", { class: "finding" });
    this.panel = h("div", { class: "panel" }, this.controls, h("div", { class: "said" }, this.finding, h("p", { class: "state" }, this.pill, this.readout, h("button", { type: "button", class: "ask", "aria-label": "Keys of this page", "aria-keyshortcuts": "?", title: "Keys (?)", onclick: () => keysOpen() }, "?"))));
    this.box = h("div", { class: "figs" });
    this.root.append(this.panel, this.box, this.live);
    parent.append(this.root);
    this.figs = [];
    this.opts = {};
    this.chosen = {};
    this.show = new Presentation(this);
    this.fixed = [];
    this.hear = () => this.update();
    this.size = new ResizeObserver(() => this.relayout());
    this.sight = new IntersectionObserver((seen) => seen.forEach((e) => { for (const f of this.figs) if (f.node === e.target) f.hidden = !e.isIntersecting; }));
    this.turns = 1;
    this.timer = new MessageChannel();
    this.timer.port1.onmessage = ({ data }) => this.timed(performance.now() - data);
    this.pointing = new Pointing(this);
  }

  // -- what Python says ------------------------------------------------------------------------------------------------
  setData(data) {
    if (this.token !== data.token) this.mute();
    this.data = data;
    this.token = data.token;
    HUB.hear.set(data.token, this.hear);
    this.size.observe(this.root);
    joins(this);
    for (const f of this.figs) this.sight.observe(f.node);
    this.theme();
    live(this, true);
    this.update();
    this.show.raise();
  }
  // A grid and an answer that belong together are taken up; until then the last picture stays.
  update() {
    const d = HUB.said.get("grid" + this.token), e = HUB.said.get("echo" + this.token), before = this.e;
    if (!d || !e || d.grid.id !== e.grid) return;
    const fresh = this.d !== d || this.shown !== this.data;
    if (this.d !== d) {
      this.grid = new Grid(d.grid, d.names);
      this.stacks = {};
      this.makeControls();
    }
    [this.d, this.e, this.shown] = [d, e, this.data];
    this.k = e.unit === "nat" ? Math.LN2 : 1;
    const first = !this.v, came = arrive(this, e.around);
    if (first || (e.rev !== this.rev && !this.dragging)) {
      this.v = e.value.slice();
      this.sent = null;
      clearTimeout(this.later);
      this.later = 0;
    }
    this.rev = e.rev;
    this.narrow(e.fixed || []);
    const answer = (x) => x && { ...x, v: x.value, q: this.grid.of(x.fields, this.k) };
    this.exact = answer(e.exact);
    this.pin = answer(e.pin);
    if (first || fresh || came || before?.unit !== e.unit || JSON.stringify(before?.pin) !== JSON.stringify(e.pin)) this.remake();
    if (came) this.show.set(isNamed(this, e.around.present));
    this.schedule();
    this.rest();
  }
  mute() {
    if (HUB.hear.get(this.token) === this.hear) HUB.hear.delete(this.token);
  }
  unmount() {
    live(this, false);
    this.mute();
    this.pointing.stop();
    leaves(this);
    this.size.disconnect();
    this.sight.disconnect();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    clearTimeout(this.later);
    clearTimeout(this.settling);
  }
  theme() {
    const c = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim(), m = c.match(/^#(..)(..)(..)/) || c.match(/(\d+)\D+(\d+)\D+(\d+)/);
    const [r, g, b] = m ? m.slice(1, 4).map((x) => parseInt(x, c[0] === "#" ? 16 : 10)) : [255, 255, 255];
    this.root.dataset.theme = 0.3 * r + 0.59 * g + 0.11 * b < 128 ? "dark" : "light";
  }

  // -- sliders ---------------------------------------------------------------------------------------------------------
  makeControls() {
    const axes = this.grid.axes, sign = JSON.stringify(axes);
    if (sign === this.axesSign) return;
    this.axesSign = sign;
    this.v = null;
    this.sliders = axes.map((a, k) => {
      const bounds = { min: a.low, max: a.high, step: a.step }, ends = a.marks ? { min: a.marks[0], max: last(a.marks) } : bounds;
      const slide = h("input", { type: "range", ...bounds, "aria-label": a.label, "aria-description": a.help || null });
      const box = h("input", { type: "number", class: "num", ...ends, step: "any", "aria-label": a.label + ", value", inputmode: "decimal" });
      const name = h("span", { class: "name", title: a.help || null }, a.label);
      const back = a.default == null ? null : h("button", { class: "back", type: "button", "aria-label": `Reset ${a.label} to ${ended(a, a.default)}`, title: "Reset" }, "↺");
      const home = () => !this.fixed[k] && this.move(k, a.default) & this.commit();
      back?.addEventListener("click", home);
      name.addEventListener("dblclick", () => a.default != null && home());
      name.addEventListener("click", () => slide.focus());
      slide.addEventListener("pointerdown", () => this.hold(true));
      slide.addEventListener("input", () => this.move(k, +slide.value));
      slide.addEventListener("change", () => this.commit());
      box.addEventListener("keydown", (e) => {
        const way = { ArrowUp: 1, ArrowDown: -1 }[e.key];
        if (way) e.preventDefault() || (this.move(k, this.v[k] + way * a.step) & this.commit());
      });
      box.addEventListener("change", () => {
        const typed = box.value.trim() === "" ? NaN : +box.value, x = toPlace(a, a.marks ? clamp(typed, a.marks[0], last(a.marks)) : typed);
        if (Number.isFinite(x)) this.move(k, x), this.commit();
        this.syncBox(k, true);
      });
      const node = h("div", { class: "axis" }, h("div", { class: "head" }, name, back, box, a.unit ? h("span", { class: "unit" }, a.unit) : null), slide,
        h("div", { class: "ends" }, ...[0, 1].map((i) => h("span", {}, a.words[i] || ended(a, i ? a.high : a.low)))));
      return { node, slide, box, back };
    });
    this.controls.replaceChildren(...this.sliders.map((x) => x.node));
  }
  // Axes that the link locks are shown and cannot be turned; hidden ones have no slider. Neither is moved by charts or keys.
  narrow(fixed) {
    this.fixed = fixed;
    this.sliders.forEach(({ node, slide, box, back }, k) => {
      const why = fixed[k] || "";
      if ((node.dataset.fixed || "") === why) return;
      node.dataset.fixed = why;
      node.hidden = why === "hidden";
      for (const e of [slide, box, back]) if (e) e.disabled = !!why;
    });
  }
  syncBox(k, force) {
    const { box } = this.sliders[k], a = this.grid.axes[k];
    if (force || this.root.getRootNode().activeElement !== box) box.value = valued(a, this.v[k]).replace("−", "-");
  }
  hold(on) {
    if (on && !this.dragging) {
      this.dragging = true;
      const done = () => {
        for (const n of ["pointerup", "pointercancel", "blur"]) removeEventListener(n, done, true);
        // the slider's own change event comes after pointerup
        setTimeout(() => { this.dragging = false; this.schedule(); this.rest(); }, 0);
      };
      for (const n of ["pointerup", "pointercancel", "blur"]) addEventListener(n, done, true);
    }
  }
  // Dragging in a chart: at(x, y) gives new values in layout units (null: leave that axis); commits when let go.
  drag(fig, target, at) {
    const asked = (e) => {
      const box = fig.svg.getBoundingClientRect(), z = fig.W / box.width;
      return at((e.clientX - box.left) * z, (e.clientY - box.top) * z);
    };
    const go = (e) => {
      asked(e).forEach((x, k) => {
        if (x == null) return;
        const a = this.grid.axes[k];
        this.move(k, a.low + Math.round((x - a.low) / a.step) * a.step);
      });
    };
    set(target, {
      class: (target.getAttribute("class") || "") + " grab",
      onpointerdown: (e) => {
        if (e.button || !asked(e).some((x, k) => x != null && !this.fixed[k])) return;
        e.preventDefault();
        target.setPointerCapture(e.pointerId);
        this.hold(true);
        this.inChart = target;
        go(e);
      },
      onpointermove: (e) => this.inChart === target && go(e),
      onlostpointercapture: () => {
        if (this.inChart === target) (this.inChart = null), this.commit();
      },
    });
  }

  // -- moving and committing -------------------------------------------------------------------------------------------
  move(k, x) {
    if (this.fixed[k]) return;
    const a = this.grid.axes[k];
    x = +clamp(x, a.low, a.high).toPrecision(12);
    if (x === this.v[k]) return;
    this.v[k] = x;
    this.schedule();
    this.rest();
  }
  // At once, and at most every 150 ms: the last value of a burst is always sent.
  commit() {
    const now = performance.now();
    if (this.later) return;
    const wait = (this.sentAt || -1e9) + 150 - now;
    if (wait > 0) this.later = setTimeout(() => { this.later = 0; this.send_(); }, wait);
    else this.send_();
  }
  send_() {
    const sign = this.rev + "|" + this.v;
    if (sign === this.sent) return;
    this.sent = sign;
    this.sentAt = performance.now();
    HUB.send.get(this.token)?.("at", { rev: this.rev, v: this.v.slice() });
    this.asked = this.e.exact ? setTimeout(() => this.status(), 1500) : 0;
    this.schedule();
  }
  // what the choosers stand at, and whether one chart fills the window, for the address
  tell() {
    if (this.around) HUB.send.get(this.token)?.("around", { n: (this.told = (this.told || 0) + 1), charts: { ...this.chosen }, present: this.show.on ? nameOf(this) : "" });
  }
  // is the exact answer the one of this position? (pages may round what was typed)
  get met() {
    return !!this.exact && this.exact.v.every((x, i) => Math.abs(x - this.v[i]) <= 1e-3 * this.grid.axes[i].step);
  }

  // -- drawing ---------------------------------------------------------------------------------------------------------
  schedule() {
    this.version = (this.version || 0) + 1;
    this.again();
  }
  again() {
    if (!this.frame && this.v) this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
  }
  state() {
    return { v: this.v, q: this.grid.at(this.v, this.k), exact: this.met ? this.exact : null, pin: this.pin };
  }
  // Under a finger on a slow machine the charts take turns, the one that is held first, so that a frame stays short; what is out of sight waits.
  // Once let go all of them are drawn.
  due() {
    if (!this.dragging) return this.figs;
    const held = (f) => (this.inChart && f.svg.contains(this.inChart) ? 1 : 0), seen = this.figs.filter((f) => !f.hidden);
    const old = seen.filter((f) => f.drawn !== this.version).sort((a, b) => held(b) - held(a) || (a.drawn || 0) - (b.drawn || 0)), now = Math.ceil(seen.length / this.turns);
    if (old.length > now) this.again();
    return old.slice(0, now);
  }
  // What a frame took, with layout and painting: how many turns the charts then take for a frame of some 16 ms.
  timed(ms) {
    this.spent = 0.7 * (this.spent ?? ms * this.turns) + 0.3 * ms * this.turns;
    this.turns = clamp(Math.round(this.spent / 16), 1, 3);
  }
  draw() {
    const began = performance.now(), st = (this.st = this.state());
    this.sliders.forEach(({ slide, back }, k) => {
      const a = this.grid.axes[k], x = this.v[k];
      // the thumb moves with charts and boxes, never under a finger: the slider already has this value then
      if (Math.abs(+slide.value - x) > a.step * 0.501 || (+slide.value !== x && !this.dragging)) slide.value = x;
      slide.style.setProperty("--at", (x - a.low) / (a.high - a.low));
      slide.setAttribute("aria-valuetext", `${valued(a, x)}${a.unit ? " " + a.unit : ""}`);
      if (back) back.style.visibility = this.fixed[k] || Math.abs(x - a.default) < 1e-9 ? "hidden" : "visible";
      this.syncBox(k);
    });
    const due = this.due();
    for (const f of due) f.view.draw(st), (f.drawn = this.version);
    if (this.dragging && due.length) this.timer.port2.postMessage(began);
    this.status();
    this.root.dispatchEvent(new CustomEvent("dial-draw", { bubbles: true, composed: true, detail: { v: this.v.slice(), q: st.q, state: this.root.dataset.state } }));
    const now = performance.now();
    if (now - (this.tabledAt || 0) > 100) this.fillTables(now);
  }
  status() {
    const { st, e } = this, atoms = this.grid.atoms, unit = this.unit();
    const mode = st.exact ? "exact" : this.dragging || !this.sent || !e.exact || this.sent !== this.rev + "|" + this.v ? "live" : "waiting";
    this.root.dataset.state = mode;
    say(this.finding, this.find(st));
    // closed forms that the views compute themselves say so
    const own = this.facts("said");
    if (own) return say(this.pill, own[0]), say(this.readout, own[1]);
    say(this.pill, { exact: this.d.exactFor ? `exact for ${this.d.exactFor}` : "exact", live: "interpolated", waiting: "asking" }[mode]);
    if (st.exact) {
      const off = Math.max(...atoms.map((q) => Math.abs(st.q[q.key] - st.exact.q[q.key]))), top = this.top(st.exact);
      // a page with room for it says this in a badge
      const gap = !this.data.compact || st.exact.gap == null ? "" : st.exact.gap ? ` · certified to ${tiny(st.exact.gap * this.k)} ${unit}` : " · closed form";
      say(this.readout, `${top.key} while dragged ${fix(st.q[top.key], 4)}, computed ${fix(st.exact.q[top.key], 6)} ${unit} · all agree to ${tiny(Math.max(off, 1e-9))}${gap}`);
    } else if (mode === "waiting") {
      const late = performance.now() - this.sentAt > 1400;
      say(this.readout, late ? "no answer yet; the numbers shown are read off the grid" : "the exact answer is being computed");
    } else say(this.readout, `read off a grid of ${this.grid.nx}${this.grid.ny > 1 ? " × " + this.grid.ny : ""}${e.exact ? "; let go for the exact answer" : ""}`);
  }
  unit() {
    return this.e.unit;
  }
  top(st) {
    return this.grid.atoms.reduce((a, b) => (st.q[b.key] > st.q[a.key] + 1e-9 ? b : a));
  }
  // what does not move of a view, and an array over the grid
  facts(view) {
    return this.d.stacks?.static[view];
  }
  stack(name) {
    const coded = this.d.stacks?.arrays[name];
    return coded && (this.stacks[name] ??= new Stack(coded, this.grid.axes));
  }
  find(st) {
    for (const f of this.figs) if (f.view?.find) return [f.view.find(st), ...this.figs.map((g) => g.view?.alarm?.(st))].filter(Boolean).join(" ");
    if (!this.grid.atoms.length) return "";
    const q = (st.exact || st).q, top = this.top({ q }), all = q.I12, u = this.unit();
    if (all != null && ["R", "U1", "U2", "S"].every((k) => q[k] != null)) return this.parts(q, all, u);
    const whole = all == null ? "" : ` of ${fix(all)}`;
    const even = this.grid.atoms.filter((a) => Math.abs(q[a.key] - q[top.key]) < 5e-4);
    if (even.length > 1) return `${even.map((a) => a.label).join(" and ")} ${even.length > 2 ? "are all" : "are"} largest: ${fix(q[top.key])}${whole} ${u} each.`;
    return `${top.label} is largest: ${fix(q[top.key])}${whole} ${u}${all == null ? "" : " in all"}.`;
  }
  // What both tell together, and who tells which share of it, the largest first; in bits where an atom is negative.
  parts(q, all, u) {
    const n = this.d.names, who = `Together, ${n[0]} and ${n[1]} carry`;
    if (all < 5e-4) return `${who} nothing about ${n[2]} (${fix(all)} ${u}).`;
    const words = { R: "in either one alone (redundancy)", U1: `only in ${n[0]}`, U2: `only in ${n[1]}`, S: "only in both together (synergy)" };
    const largest = Object.keys(words).filter((k) => Math.abs(q[k]) >= 0.005 * all).sort((a, b) => q[b] - q[a]), minus = largest.some((k) => q[k] < 0);
    const share = (k) => (minus ? `${fix(q[k])} ${u}` : `${Math.round((100 * q[k]) / all)} %`);
    return `${who} ${fix(all)} ${u} about ${n[2]}: ${largest.map((k) => `${share(k)} ${words[k]}`).join(", ")}.${minus ? " This measure allows negative parts." : ""}`;
  }
  // A moment after the last move: sentences for those who listen.
  rest() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (!this.st || this.dragging) return;
      const st = this.state();
      for (const f of this.figs) {
        const text = `${f.def.title}. ${f.view.alt ? f.view.alt(st) : this.find(st)}`;
        if (f.svg.getAttribute("aria-label") !== text) f.svg.setAttribute("aria-label", text);
      }
      this.fillTables(performance.now());
      const where = this.grid.axes.map((a, i) => `${a.label} ${valued(a, this.v[i])}`).join(", ");
      if (this.sent && this.sent !== this.spoken && (st.exact || !this.e.exact)) {
        this.spoken = this.sent;
        say(this.live, `${where}. ${this.find(st)}`);
      }
    }, 200);
  }

  // -- figures ---------------------------------------------------------------------------------------------------------
  remake() {
    const { box, data } = this;
    const views = data.views.filter((v) => VIEWS[v].fits?.(this) ?? true), sign = views.join() + data.compact;
    if (this.figSign !== sign) {
      this.figSign = sign;
      this.figs = views.map((name) => {
        const def = VIEWS[name], svg = s("svg", { role: "img", "aria-label": def.title, class: "chart" });
        const fig = { name, def, svg, dial: this, ctl: h("span", { class: "ctl" }), hold: h("div", { class: "hold" }, svg), opt: (this.opts[name] ??= {}), uid: `mmx${++serial}` };
        fig.drag = (target, at) => this.drag(fig, target, at);
        const head = h("figcaption", {}, h("span", { class: "title" }, def.title), fig.ctl, data.compact ? null : saver(fig));
        fig.node = h("figure", { class: "fig", "data-view": name }, head, fig.hold, data.compact ? null : twin(fig));
        this.pointing.watch(fig);
        return fig;
      });
      box.dataset.n = this.figs.length;
      box.replaceChildren(...this.figs.map((f) => f.node));
      this.sight.disconnect();
      for (const f of this.figs) this.sight.observe(f.node);
    }
    for (const f of this.figs) (f.width = 0), f.ctl.replaceChildren();
    this.relayout();
    this.show.step(0);
  }
  relayout() {
    for (const f of this.figs) {
      const w = f.hold.clientWidth;
      if (!w || (Math.abs(w - f.width) < 2 && !this.show.on)) continue;
      f.width = w;
      this.renew(f);
    }
    this.schedule();
  }
  renew(f) {
    const [z, high] = this.show.on ? this.show.size(f) : [clamp(f.width / 430, 1, 1.5)];
    f.W = f.width / z;
    f.H = high ?? (f.def.tall ? f.def.tall(f) : clamp(f.W * 0.7, 262, 400));
    set(f.svg, { viewBox: `0 0 ${f.W.toFixed(2)} ${f.H.toFixed(2)}`, width: f.width, height: f.H * z });
    f.svg.replaceChildren();
    f.ctl.replaceChildren();
    f.view = f.def.make(f);
    if (this.st) f.view.draw(this.state());
  }
  // A native chooser in a figure's head; the choice stays with the figure.
  choose(fig, label, name, options, first) {
    const key = `${fig.name}.${name}`;
    fig.opt[name] = [this.chosen[key], fig.opt[name], first].find((x) => options.some(([k]) => k === x)) ?? options[0][0];
    const sel = h("select", { "aria-label": label }, options.map(([k, text]) => h("option", { value: k }, short(text, 30))));
    sel.value = fig.opt[name];
    sel.addEventListener("change", () => {
      fig.opt[name] = this.chosen[key] = sel.value;
      if (first == null && sel.value === options[0][0]) delete this.chosen[key];
      this.tell();
      const had = fig.dial.root.getRootNode().activeElement === sel;
      this.renew(fig);
      if (had) fig.ctl.querySelector("select")?.focus();
      this.rest();
    });
    fig.ctl.append(sel);
    return fig.opt[name];
  }
  fillTables(now) {
    this.tabledAt = now;
    for (const f of this.figs) if (f.twin?.open) fillTwin(f, this.st);
  }
}

export default function ({ data, parentElement }) {
  let dial = DIALS.get(parentElement);
  if (!dial) DIALS.set(parentElement, (dial = new Dial(parentElement)));
  const mine = (dial.run = (dial.run || 0) + 1);
  dial.setData(data);
  return () => dial.run === mine && dial.unmount();
}
