// What is left open of a target in the plane: its spread before anything is known (dashed), given either modality, given both;
// and the two directions that part the modalities. Covariances come as a stack over the grid and are read between its nodes.
VIEWS.ellipses = {
  title: "What stays open of the target",
  fits: (dial) => dial.d.tables?.kind === "covariances",
  tall: (fig) => clamp(fig.W * 0.7, 262, 400),
  make(fig) {
    const { dial, svg, W, H } = fig, { tables, names } = dial.d, stack = (tables.a ??= unpack(tables.p)), [gy, gx] = tables.shape;
    const read = (st) => {
      const out = new Float64Array(12);
      for (const [i, w] of around(gx, gy, dial.grid.axes, st.v)) if (w) for (let c = 0; c < 12; c++) out[c] += w * stack[12 * i + c];
      return range(4, (k) => [out[3 * k], out[3 * k + 1], out[3 * k + 2]]);
    };
    const parts = ["before", `given ${names[0]}`, `given ${names[1]}`, "given both"], R = Math.min(H / 2 - 24, W * 0.26), cx = R + 26, cy = H / 2 - 2;
    svg.append(line(cx - R - 12, cy, cx + R + 12, cy, "rule"), line(cx, cy - R - 12, cx, cy + R + 12, "rule"), t(cx + R + 12, cy + 16, "tick", "y₁", "middle"));
    const paths = ["hollow", "line l-U1", "line l-U2", "exact"].map((c) => s("path", { class: c, fill: "none" }));
    const rays = [0, 1].map(() => s("path", { class: "lead", "stroke-dasharray": "1 4", "stroke-linecap": "round", "stroke-width": 2 })), tips = [0, 1].map(() => t(0, 0, "num halo bold", "", "middle"));
    const disc = s("path", { fill: "currentColor", "fill-opacity": 0.12 });
    svg.append(disc, paths[0], ...rays, paths[1], paths[2], paths[3], t(cx - 8, cy - R + 16, "tick halo", "y₂", "end"), ...tips);
    const left = cx + R + 38, room = Math.floor((W - left - 28) / 6.2), tight = room < parts[1].length, areas = parts.map((text, k) => {
      const y = cy - 70 + 40 * k, mark = s("path", { d: `M${left} ${y - 4}h22`, class: ["hollow", "line l-U1", "line l-U2", "exact"][k], fill: "none" }), area = t(left + 28, y + 15, "note num halo");
      const label = t(left + 28, y, "label", tight && k % 3 ? `given ${k}` : short(text, Math.max(6, room)));
      label.append(s("title", {}, text));
      svg.append(mark, label, area);
      return area;
    });
    svg.append(t(W - 2, H - 5, "note", "dotted: directions one knows better", "end"));
    const det = ([a, b, c]) => Math.max(0, a * c - b * b);
    // the image of the unit circle under the Cholesky factor, one standard deviation around the mean
    const ellipse = ([a, b, c]) => {
      const l = Math.sqrt(Math.max(a, 1e-12)), m = b / l, n = Math.sqrt(Math.max(c - m * m, 0));
      return "M" + range(73, (i) => {
        const p = (i * Math.PI) / 36, x = l * Math.cos(p), y = m * Math.cos(p) + n * Math.sin(p);
        return `${(cx + R * x).toFixed(2)} ${(cy - R * y).toFixed(2)}`;
      }).join("L") + "Z";
    };
    // generalised eigenvectors of (P2, P1): [half log2 lambda in the shown unit, weights], the largest first; null for a tie of both
    const split = ([, P, Q]) => {
      const a = det(P), b = P[0] * Q[2] + P[2] * Q[0] - 2 * P[1] * Q[1], root = Math.sqrt(Math.max(0, b * b - 4 * a * det(Q)));
      if (!(a > 0) || root < 1e-3 * b) return null;
      return [1, -1].map((sign) => {
        const z = (b + sign * root) / (2 * a), u = [Q[0] - z * P[0], Q[1] - z * P[1]], v = [Q[1] - z * P[1], Q[2] - z * P[2]];
        const [p, q] = Math.hypot(...u) > Math.hypot(...v) ? [-u[1], u[0]] : [-v[1], v[0]], norm = Math.hypot(p, q) || 1;
        return [(dial.k / 2) * Math.log2(Math.max(z, 1e-12)), p / norm, q / norm];
      });
    };
    const degrees = (p, q) => ((((Math.atan2(q, p) * 180) / Math.PI) % 180) + 180) % 180;
    const sentences = (st) => (split(read(st)) || []).map(([x, p, q]) => {
      const where = `the direction at ${Math.round(degrees(p, q)) % 180}°`;
      return Math.abs(x) < 5e-3 ? `${where} is told by both alike` : `${where} is told better by ${names[x > 0 ? 0 : 1]}, by ${fix(Math.abs(x), 2)} ${dial.unit()}`;
    });
    return {
      draw(st) {
        const P = read(st), way = split(P), whole = Math.sqrt(det(P[0]));
        P.forEach((p, k) => {
          paths[k].setAttribute("d", ellipse(p));
          say(areas[k], k ? `area ${fix((100 * Math.sqrt(det(p))) / whole, 1)} %` : tight ? "1 sd" : "1 std. deviation");
        });
        disc.setAttribute("d", ellipse(P[3]));
        rays.forEach((ray, k) => {
          const on = way && Math.abs(way[k][0]) > 5e-3;
          ray.style.display = tips[k].style.display = on ? "" : "none";
          if (!on) return;
          let [x, p, q] = way[k];
          if (q < 0 || (q === 0 && p < 0)) [p, q] = [-p, -q];
          set(ray, { d: `M${cx - R * p} ${cy + R * q}L${cx + R * p} ${cy - R * q}` });
          set(tips[k], { x: clamp(cx + (R + 4) * p, 30, cx + R + 10), y: clamp(cy - (R + 4) * q - 4, 12, H - 4), class: `num halo bold i-${x > 0 ? "U1" : "U2"}` });
          say(tips[k], `${x > 0 ? "U1" : "U2"} ${fix(Math.abs(x), 2)}`);
        });
      },
      at(x, y, st) {
        const P = read(st), whole = Math.sqrt(det(P[0]));
        let k = 0;
        if (x > left - 4) {
          k = Math.round((y - cy + 70) / 40); // the list at the right
          if (!parts[k]) return null;
        } else {
          if (!within(x, y, cx - R - 14, cy - R - 14, cx + R + 14, cy + R + 14)) return null;
          // the nearest outline, by how many standard deviations out the pointer lies
          const u = (x - cx) / R, v = (cy - y) / R, out = ([a, b, c]) => Math.sqrt(Math.max(0, c * u * u - 2 * b * u * v + a * v * v) / Math.max(1e-12, a * c - b * b));
          k = range(4, (i) => i).reduce((i, j) => (Math.abs(out(P[j]) - 1) < Math.abs(out(P[i]) - 1) ? j : i));
        }
        const [a, b, c] = P[k], ways = split(P);
        return {
          head: `Spread ${parts[k]}`,
          items: [["area", `${fix((100 * Math.sqrt(det(P[k]))) / whole, 1)} %`], ["sd of y₁", fix(Math.sqrt(a))], ["sd of y₂", fix(Math.sqrt(c))], ["correlation", fix(b / Math.sqrt(a * c))],
            ...(ways && k ? ways.filter(([z]) => Math.abs(z) > 5e-3).map(([z, p, q]) => [`${Math.round(degrees(p, q)) % 180}°: better by ${short(names[z > 0 ? 0 : 1], 14)}`, `${fix(Math.abs(z), 2)} ${dial.unit()}`]) : [])],
          shape: ellipse(P[k]),
        };
      },
      rows(st) {
        const P = read(st), whole = Math.sqrt(det(P[0]));
        return [["spread of the target", "sd of y₁", "sd of y₂", "correlation", "area"], ...P.map(([a, b, c], k) => [parts[k], fix(Math.sqrt(a)), fix(Math.sqrt(c)), fix(b / Math.sqrt(a * c)), fix(Math.sqrt(det(P[k])) / whole)])];
      },
      alt(st) {
        const P = read(st), whole = Math.sqrt(det(P[0])), share = (k) => `${fix((100 * Math.sqrt(det(P[k]))) / whole, 1)} % ${parts[k]}`;
        return `Of the area of the target's ellipse stay ${share(1)}, ${share(2)}, ${share(3)}. ${sentences(st).join("; ") || "No direction is told better by one than by the other."}`;
      },
    };
  },
};
