// The stable states of the symmetric bottleneck over beta: the collapsed branch, the informative one, the barrier between; and the way the finger took.
// Needs static "symmetric" (see barrier.js), with { trained: { down, up } }, lists of [beta, bits], where a network was swept. A button turns the knob up and down by itself.
VIEWS.branches = {
  title: "Turn the knob up, then down",
  fits: (dial) => !!dial.facts("symmetric"),
  make(fig) {
    const { dial, svg, W, H } = fig, { k } = dial, unit = dial.unit(), { square: r, kick } = dial.facts("symmetric"), [a] = dial.grid.axes;
    const L = 40, R = 12, T = 38, B = 40, hi = mostRate(dial), X = (x) => L + ((x - a.low) / (a.high - a.low)) * (W - L - R), Y = (bits) => H - B - (clamp(bits, 0, hi) / hi) * (H - B - T);
    for (const [y, text] of ticks(0, hi * k, 4)) svg.append(line(L, Y(y / k), W - R, Y(y / k), y ? "rule" : "base"), t(L - 6, Y(y / k) + 4, "tick num", text, "end"));
    for (const [x, text] of axisTicks(a, 6)) svg.append(t(X(x), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(a.label, 40), "middle"), t(2, 12, "axis", `rate of each latent (${unit})`));
    const zone = rect(0, T, 0, H - T - B, "zone"), lines = ["low", "open", "top"].map((name) => [name, s("path", { class: name === "top" ? "hollow" : "branch" })]);
    const best = s("path", { class: "best" }), trail = s("path", { class: "trail" }), cursor = line(0, T, 0, H - B, "cursor"), ball = s("circle", { r: 6.5, class: "point here-dot" });
    const { trained } = dial.facts("symmetric"), turned = trained && ["down", "up"].map((way) => s("path", { class: `turned ${way}`, d: trained[way].map(([b, bits]) => `M${(X(toPlace(a, b)) - 4).toFixed(1)} ${(Y(bits) + (way === "up" ? 3 : -3)).toFixed(1)}l4 ${way === "up" ? -7 : 7}l4 ${way === "up" ? 7 : -7}z`).join("") }));
    const turnedNames = trained && ["▽ network, way down", "△ network, way up"].map((text, i) => t(L + 6, T + 14 + 16 * i, "note halo", text));
    const names = ["both are stable", "informative is better", "a kick is enough"], marks = names.map((_, i) => [line(0, T, 0, H - B, "base"), t(0, T - 4, "note halo bold", String(i + 1), "middle")]), list = names.map((_, i) => t(W - R - 4, H - B - 14 - 16 * (2 - i), "note halo", "", "end"));
    const glass = rect(L - 8, 0, W - L - R + 16, H - B + 8, "glass");
    svg.append(zone, ...marks.map(([l]) => l), best, ...lines.map(([, p]) => p), trail, ...(turned || []), ...(turnedNames || []), ...marks.map(([, n]) => n), ...list, cursor, ball, glass);
    fig.drag(glass, (x) => (dial.stopSweep?.(), [a.low + (clamp(x - L, 0, W - L - R) / (W - L - R)) * (a.high - a.low), null]));
    const run = h("button", { type: "button", class: "go", disabled: dial.fixed[0] ? "" : null, onclick: () => (dial.stopSweep ? dial.stopSweep() : go()) }, dial.stopSweep ? "Stop" : "Turn up and down");
    fig.ctl.append(run);
    // up from the left end to the right one and back, ten seconds in all
    const go = () => {
      const began = performance.now();
      let frame = 0, mine = null;
      dial.code = null;
      dial.stopSweep = () => {
        cancelAnimationFrame(frame);
        dial.stopSweep = null;
        dial.dragging = false;
        dial.commit();
        dial.rest();
        for (const b of dial.root.querySelectorAll(".go")) say(b, "Turn up and down");
      };
      dial.dragging = true;
      say(run, "Stop");
      const step = () => {
        if (mine != null && dial.v[0] !== mine) return dial.stopSweep?.(); // a finger has taken over
        const share = Math.min(1, (performance.now() - began) / 10000), place = share < 0.5 ? 2 * share : 2 - 2 * share;
        dial.move(0, a.low + place * (a.high - a.low));
        mine = dial.v[0];
        if (share < 1 && fig.svg.isConnected) frame = requestAnimationFrame(step);
        else dial.stopSweep?.();
      };
      dial.move(0, a.low);
      step();
    };
    let c = NaN, points = [], at = [];
    const path = (f) => {
      let d = "", on = false;
      for (const p of points) {
        const q = f(p);
        d += q == null ? "" : `${on ? "L" : "M"}${X(p.x).toFixed(1)} ${Y(rateOf(q)).toFixed(1)}`;
        on = q != null;
      }
      return d;
    };
    const words = () => ["both states are stable from β ", "the informative state is better from β ", "a kick lifts a collapsed latent out from β "].map((w, i) => (at[i] == null ? null : w + digits(at[i]))).filter(Boolean).join("; ");
    return {
      draw(st) {
        if (c !== st.v[1]) {
          c = st.v[1];
          points = alongBeta(dial, c);
          lines.forEach(([name, p]) => p.setAttribute("d", path((q) => q[name])));
          best.setAttribute("d", path((q) => q.best));
          at = [turns(points, (p) => p.open != null, c, r), turns(points, (p, b) => (p.open != null && landscape(p.open, b, c, r) < landscape(p.low, b, c, r)) || (c >= 1 && p.low > 0), c, r), kick > 0 ? turns(points, (p) => p.top != null && p.top < kick, c, r) : null];
          if (c >= 1) at = [null, null, null];
          marks.forEach(([l, n], i) => {
            const there = at[i] != null, x = there ? X(toPlace(a, at[i])) : 0;
            l.style.display = n.style.display = list[i].style.display = there ? "" : "none";
            set(l, { x1: x, x2: x });
            set(n, { x });
            say(list[i], there ? `${i + 1}  ${names[i]} from β ${digits(at[i])}` : "");
          });
          const end = at[0] == null ? null : X(kick > 0 && at[2] != null ? toPlace(a, at[2]) : a.high);
          zone.style.display = end == null ? "none" : "";
          if (end != null) set(zone, { x: X(toPlace(a, at[0])), width: Math.max(0, end - X(toPlace(a, at[0]))) });
        }
        const code = follow(dial, st.v), x = X(st.v[0]).toFixed(2);
        set(cursor, { x1: x, x2: x });
        set(ball, { cx: x, cy: Y(rateOf(code.k)).toFixed(2) });
        trail.setAttribute("d", code.trail.map(([px, from, to], i) => `${i ? "L" : "M"}${X(px).toFixed(1)} ${Y(rateOf(from)).toFixed(1)}${from === to ? "" : `V${Y(rateOf(to)).toFixed(1)}`}`).join(""));
      },
      at(px, py, st) {
        if (!within(px, py, L - 8, T, W - R + 8, H - B + 8)) return null;
        const v = stepped(a, a.low + ((px - L) / (W - L - R)) * (a.high - a.low)), b = toValue(a, v), p = resting(b, st.v[1], r), x = X(v), rate = (name, q) => (q == null ? [] : [[name, `${fix(k * rateOf(q))} ${unit}`]]);
        const better = p.open != null && landscape(p.open, b, st.v[1], r) < landscape(p.low, b, st.v[1], r);
        const swept = ["down", "up"].flatMap((way) => (trained?.[way] || []).filter(([z, bits]) => Math.hypot(X(toPlace(a, z)) - px, Y(bits) - py) < 9).slice(0, 1).map(([z, bits]) => [`network, way ${way}, β ${digits(z)}`, `${fix(k * bits)} ${unit}`]));
        return {
          head: `${a.label} ${spoken(a, v)}`,
          items: [...rate(p.low > 1e-9 ? "nearly collapsed" : "collapsed", p.low), ...rate("barrier", p.top), ...rate("informative", p.open), ["better state", better || p.low > 1e-9 ? "informative" : "collapsed"], ...swept],
          note: "rates of each latent",
          v: [x, T, H - B],
          dots: [p.low, p.top, p.open].filter((q) => q != null).map((q) => [x, Y(rateOf(q))]),
        };
      },
      rows: (st) => [["β", `collapsed (${unit})`, `barrier (${unit})`, `informative (${unit})`, `best Gaussian (${unit})`], ...points.filter((_, i) => i % 6 === 0).map((p) => [digits(p.b), ...["low", "top", "open", "best"].map((w) => (p[w] == null ? "–" : fix(k * rateOf(p[w]), 3)))])],
      alt: (st) => `${words() || "There is one state at every β"}. The latent under the finger has a rate of ${fix(k * rateOf(follow(dial, st.v).k), 2)} ${unit} a view.`,
    };
  },
};
