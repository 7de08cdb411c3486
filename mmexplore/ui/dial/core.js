// Small tools, and what a view is.
//
// VIEWS.name = { title, note?, aspect?, wide?: least width in a presentation, make(fig) }.  fig: { dial, svg, W, H, ctl, opt, uid, drag }.  make() draws the static parts into
// fig.svg (W x H layout units; text of 12.5 units is never below 12 px) and returns
//   draw(st)   moves what moves; called at most once an animation frame
//   alt(st)    the finding in one sentence, for readers who cannot see it
//   find(st)   optional: the finding in the panel; the first view that has one speaks
//   alarm(st)  optional: a sentence that is put behind the finding of whichever view speaks; "" where there is nothing to warn of
//   rows(st)   [[head...], [cell...], ...]: the same as a table
//   at(x, y, st)  what is under the pointer at layout units x, y, or null: { head, items, note?, v?, h?, shape?, dots? }. head: what it is; items:
//              [[name, value with its unit, colour of its mark?], ...], the position on the axes among them; v: [x, top, bottom] and h: [y, left,
//              right], a crosshair; shape: the outline of the mark as path data; dots: [[x, y], ...]. It moves nothing, sends nothing and reads no
//              layout, since it is called at every move of the pointer (see hover.js). Curves and planes answer for the curves at x, maps for the cell.
// st: { v, q, exact, pin }, q: quantity key -> number in the shown unit; exact and pin are null or { v, q }.
// dial.facts("view") are its static facts, dial.stack("name") an array over the grid's nodes: read(v) interpolates it into a Float64Array.
// fig.drag(target, at) lets a finger move axes; dial.fixed[k] is "locked" or "hidden" where a link forbids it, and then nothing moves axis k.
// fig.opt keeps a view's own switches over rebuilds; fig.ctl is the place for them. User strings only ever become text nodes.
const VIEWS = {};
const SVG = "http://www.w3.org/2000/svg";
const HUB = (globalThis[Symbol.for("mmexplore.dial")] ??= { said: new Map(), hear: new Map(), send: new Map() });
const LEAST = 0.02; // bits an axis spans at least: below, labels would be all zeros
let serial = 0;

const clamp = (x, a, b) => Math.min(b, Math.max(a, x));
const last = (a) => a[a.length - 1];
const range = (n, f) => Array.from({ length: n }, (_, i) => f(i));

function build(e, attrs, kids) {
  set(e, attrs || {});
  e.append(...kids.flat().filter((k) => k != null));
  return e;
}
function set(e, attrs) {
  for (const k in attrs) {
    const a = attrs[k];
    if (k[0] === "o" && k[1] === "n") e.addEventListener(k.slice(2), a);
    else if (a != null) e.setAttribute(k, a);
  }
  return e;
}
const h = (tag, attrs, ...kids) => build(document.createElement(tag), attrs, kids);
const s = (tag, attrs, ...kids) => build(document.createElementNS(SVG, tag), attrs, kids);
// text at x, y; a: start, middle, end
const t = (x, y, c, text, a) => s("text", { x, y, class: c, "text-anchor": a }, text ?? "");
const say = (e, text) => { if (e.textContent !== text) e.textContent = text; };
const rect = (x, y, width, height, c, more) => s("rect", { x, y, width, height, class: c, ...more });
const line = (x1, y1, x2, y2, c) => s("line", { x1, y1, x2, y2, class: c });

const fix = (x, d = 3) => {
  const r = Math.abs(x).toFixed(d);
  return (x < 0 && +r !== 0 ? "−" : "") + r;
};
// a slider's value: the digits of its step, and more only where they are there
const plain = (x, d) => { while (d < 6 && Math.abs(+x.toFixed(d) - x) > 1e-9) d++; return fix(x, d); };
// An axis with marks counts its places in them; between two marks the value grows by equal factors, or evenly from 0.
const between = (a, v) => { const k = clamp(v | 0, 0, a.marks.length - 2); return [k, a.marks[k], a.marks[k + 1]]; };
function toValue(a, v) {
  if (!a.marks) return v;
  const [k, x, y] = between(a, v);
  return x > 0 ? x * (y / x) ** (v - k) : x + (y - x) * (v - k);
}
function toPlace(a, value) {
  if (!a.marks) return value;
  const k = clamp(a.marks.filter((m) => m <= value).length - 1, 0, a.marks.length - 2), [x, y] = [a.marks[k], a.marks[k + 1]];
  return k + (x > 0 ? Math.log(Math.max(value, x) / x) / Math.log(y / x) : (value - x) / (y - x));
}
const digits = (x, n = 3) => fix(x, x > 0 ? Math.max(0, Math.min(6, n - 1 - Math.floor(Math.log10(x) + 1e-9))) : 0);
const valued = (a, v) => (!a.marks ? plain(v, a.decimals) : a.decimals ? digits(toValue(a, v)) : fix(toValue(a, v), 0));
const ended = (a, v) => (a.marks && a.decimals ? digits(toValue(a, v), 2) : fix(toValue(a, v), a.decimals));
const signed = (x, d = 3) => (fix(x, d)[0] === "−" ? "" : "+") + fix(x, d);
const tiny = (x) => (x < 1e-15 ? "0" : x.toExponential(0).replace("e-", "·10⁻").replace(/\d+$/, (n) => [...n].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]).join("")));
const short = (text, n = 14) => (text.length > n ? text.slice(0, n - 1) + "…" : text);

function ticks(lo, hi, n) {
  const raw = (hi - lo) / n, p = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * p).find((m) => m >= raw * 0.999);
  const d = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9) + (step / p === 2.5 ? 1 : 0)));
  const out = [];
  for (let x = Math.ceil(lo / step - 1e-9) * step; x <= hi + step * 1e-6; x += step) out.push([x, fix(x, d)]);
  return out;
}

// Ticks of a slider; with marks at 1, 2 and 5 times powers of ten, or at powers alone where those are many.
function axisTicks(a, n) {
  if (!a.marks) return ticks(a.low, a.high, n);
  const [lo, hi] = [toValue(a, a.low), toValue(a, a.high)], of = (steps) => range(25, (i) => i - 12).flatMap((p) => steps.map((m) => m * 10 ** p)).filter((x) => x > (lo || a.marks[1]) * (1 - 1e-9) && x < hi * (1 + 1e-9));
  const sets = [[1, 2, 5], [1, 3], [1]].map(of), some = sets.find((x) => x.length <= n + 1) || last(sets);
  return some.map((x) => [toPlace(a, x), digits(x, 1)]).concat(lo ? [] : [[a.low, "0"]]);
}

// Labels at these heights, moved apart to at least `gap` within lo..hi; order kept.
function spread(ys, gap, lo, hi) {
  const o = ys.map((y, j) => [clamp(y, lo, hi), j]).sort((a, b) => a[0] - b[0]), out = [];
  for (let i = 1; i < o.length; i++) o[i][0] = Math.max(o[i][0], o[i - 1][0] + gap);
  for (let i = o.length - 1, top = hi; i >= 0; i--, top -= gap) o[i][0] = Math.min(o[i][0], top);
  for (const [y, j] of o) out[j] = y.toFixed(1);
  return out;
}

function bytes(text) {
  const raw = atob(text), out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}
const unpack = ({ u16, lo, hi }) => Float64Array.from(new Uint16Array(bytes(u16).buffer), (u) => lo + (u * (hi - lo)) / 65535);

// Four neighbours of a position and their weights, on a grid of ny x nx nodes.
function around(nx, ny, axes, v) {
  const at = (k, n) => (n < 2 ? 0 : clamp(((v[k] - axes[k].low) / (axes[k].high - axes[k].low)) * (n - 1), 0, n - 1));
  const x = at(0, nx), y = axes.length > 1 ? at(1, ny) : 0;
  const i = Math.min(x | 0, Math.max(0, nx - 2)), j = Math.min(y | 0, Math.max(0, ny - 2)), a = x - i, b = y - j;
  const J = Math.min(j + 1, ny - 1), I = Math.min(i + 1, nx - 1);
  return [[j * nx + i, (1 - a) * (1 - b)], [j * nx + I, a * (1 - b)], [J * nx + i, (1 - a) * b], [J * nx + I, a * b]];
}

// An array over the nodes of a grid, kept as it was sent and read between the nodes.
class Stack {
  constructor(d, axes) {
    const [ny, nx, ...rest] = d.shape;
    Object.assign(this, { axes, ny, nx, shape: rest, n: rest.reduce((a, b) => a * b, 1), lo: d.lo || 0, k: d.u8 ? 1 : (d.hi - d.lo) / 65535 });
    this.a = d.u8 ? bytes(d.u8) : new Uint16Array(bytes(d.u16).buffer);
  }
  // into `out`, as many numbers as it is long, from the `from`th on
  read(v, out = new Float64Array(this.n), from = 0) {
    const { a, n, k } = this;
    out.fill(this.lo);
    for (const [i, w] of around(this.nx, this.ny, this.axes, v)) if (w) for (let c = 0, o = i * n + from, f = w * k; c < out.length; c++) out[c] += f * a[o + c];
    return out;
  }
  // the largest value anywhere, over entries c with keep(c)
  top(keep = () => true) {
    let most = 0;
    for (let i = 0; i < this.a.length; i++) if (this.a[i] > most && keep(i % this.n)) most = this.a[i];
    return this.lo + this.k * most;
  }
}

class Grid {
  constructor(d, names) {
    [this.ny, this.nx] = d.shape;
    this.axes = d.axes;
    this.id = d.id;
    const base = {};
    for (const k in d.fields) base[k] = unpack(d.fields[k]);
    const named = (text) => text.replace(/\{(x1|x2|y)\}/g, (_, k) => names[{ x1: 0, x2: 1, y: 2 }[k]]);
    this.Q = d.quantities.map((q) => {
      const a = new Float64Array(this.nx * this.ny);
      for (const k in q.of) for (let i = 0; i < a.length; i++) a[i] += q.of[k] * base[k][i];
      let lo = Infinity, hi = -Infinity;
      for (const x of a) (lo = Math.min(lo, x)), (hi = Math.max(hi, x));
      return { ...q, label: named(q.label), a, lo, hi };
    });
    this.atoms = this.Q.filter((q) => q.atom);
    this.by = Object.fromEntries(this.Q.map((q) => [q.key, q]));
  }
  // every quantity at v, times k (the unit)
  at(v, k) {
    const near = around(this.nx, this.ny, this.axes, v), out = {};
    for (const { key, a } of this.Q) out[key] = k * near.reduce((sum, [i, w]) => sum + w * a[i], 0);
    return out;
  }
  // the same from Python's fields
  of(fields, k) {
    const out = {};
    for (const q of this.Q) {
      let sum = 0;
      for (const f in q.of) sum += q.of[f] * fields[f];
      out[q.key] = k * sum;
    }
    return out;
  }
  // lowest and highest atom in the grid (and in a pinned result), zero included; tiny negative values are rounding
  limits(k, pin) {
    const ends = (end) => this.atoms.flatMap((q) => [q[end], pin ? pin.q[q.key] / k : 0]), lo = Math.min(...ends("lo")), hi = Math.max(...ends("hi"), LEAST);
    return [lo < -1e-3 * hi ? lo * k : 0, hi * k];
  }
}

function colour(stops, x) {
  const f = clamp(x, 0, 1) * (stops.length - 1), i = Math.min(f | 0, stops.length - 2), w = f - i;
  const part = (k) => {
    const c = (n) => parseInt(stops[n].slice(1 + 2 * k, 3 + 2 * k), 16);
    return Math.round(c(i) * (1 - w) + c(i + 1) * w);
  };
  return [part(0), part(1), part(2)];
}

// The atoms' patterns: U1 rising lines, U2 falling lines, R both, S dots. Returns atom -> fill.
function patterns(fig) {
  const up = "M-2 10L10 -2M-2 2L2 -2M6 10L10 6", down = "M-2 -2L10 10M6 -2L10 2M-2 6L2 10";
  const mark = { R: up + down, U1: up, U2: down }, out = {};
  const defs = s("defs");
  for (const a of ["R", "U1", "U2", "S"]) {
    const id = `${fig.uid}-${a}`;
    const over = mark[a] ? s("path", { d: mark[a], class: "hatch" }) : [[2, 2], [6, 6]].map(([cx, cy]) => s("circle", { cx, cy, r: 1.15, class: "dot" }));
    defs.append(s("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, rect(0, 0, 8, 8, "f-" + a), over));
    out[a] = `url(#${id})`;
  }
  fig.svg.append(defs);
  return out;
}
