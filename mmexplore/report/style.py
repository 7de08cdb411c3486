"""The look of a report: light and dark by the reader's setting, black on white in print; no font, image or rule from elsewhere."""

from __future__ import annotations

from mmexplore.palette import ATOMS, CATEGORICAL, CATEGORICAL_LINES, Theme

_PAPER: dict[Theme, str] = {
    "light": "--ink:#1a1a1a;--muted:#5c6066;--paper:#fff;--soft:#f5f6f8;--rule:#d9dce1;--plain:#7a8088;--accent:#0072B2;"
    "--null:#1a1a1a;--mark:#fff;color-scheme:light;",
    "dark": "--ink:#eceef1;--muted:#a4abb5;--paper:#14161a;--soft:#1d2026;--rule:#363b44;--plain:#8d949e;--accent:#56B4E9;"
    "--null:#eceef1;--mark:#000;color-scheme:dark;",
}


def variables(theme: Theme) -> str:
    """The colours of a theme as CSS variables."""
    pairs = "".join(f"--{a}:{ink.fill[theme]};--{a}-ink:{ink.line[theme]};" for a, ink in ATOMS.items())
    hues = zip(CATEGORICAL[theme], CATEGORICAL_LINES[theme], strict=True)
    return _PAPER[theme] + pairs + "".join(f"--c{k}:{fill};--c{k}-ink:{line};" for k, (fill, line) in enumerate(hues))


_ATOM_RULES = "".join(
    f".f-{a}{{fill:var(--{a})}}.i-{a}{{fill:var(--{a}-ink)}}.p-{a}{{fill:var(--{a}-ink)}}.l-{a}{{stroke:var(--{a}-ink)}}"
    f".b-{a}{{fill:var(--{a})}}"
    for a in (*ATOMS, *(f"c{k}" for k in range(len(CATEGORICAL["light"]))))
)

_KIND_RULES = "".join(
    f".s-{k}{{stroke:var(--{k})}}" for k in (*(f"c{k}" for k in range(len(CATEGORICAL["light"]))), *ATOMS)
)

# Of the figures alone, so that a page can draw them as well.
FIGURES = f"""svg text{{font-family:inherit;font-size:12.5px;fill:var(--ink)}}
svg .tick,svg .muted{{fill:var(--muted)}}
svg .axis-name{{font-size:13px}}
svg .value{{font-weight:600;font-variant-numeric:tabular-nums;paint-order:stroke;stroke:var(--paper);stroke-width:3px}}
svg .on-light{{fill:#000}}svg .on-dark{{fill:#fff}}svg .inside{{font-size:11.5px}}
.grid{{stroke:var(--rule)}}.axis{{stroke:var(--ink);stroke-opacity:.6}}
.null{{fill:var(--null);fill-opacity:.1}}.null-hatch{{stroke:var(--null);stroke-opacity:.35;fill:none}}
.plain,.p-plain{{fill:var(--plain)}}
.hatch{{fill:none;stroke:var(--mark);stroke-opacity:.45;stroke-width:1.4}}.dot{{fill:var(--mark);fill-opacity:.6}}
.whisker{{fill:none;stroke:var(--ink);stroke-width:1.6}}.whisker-halo{{fill:none;stroke:var(--paper);stroke-width:4}}
.line{{fill:none;stroke-width:2.2;stroke-linejoin:round}}.l-plain{{stroke:var(--plain)}}
.faint{{stroke:var(--muted);stroke-width:1.3;stroke-dasharray:4 4}}
.band{{fill-opacity:.16}}.b-plain{{fill:var(--plain)}}
.cell{{stroke:var(--paper);stroke-width:.5}}
svg .i-plain{{fill:var(--ink)}}.mean{{stroke:var(--ink);stroke-width:2}}.frame{{fill:none;stroke:var(--rule)}}
.speck{{fill-opacity:.62;stroke:var(--paper);stroke-width:.6}}.reference{{stroke:var(--muted);stroke-dasharray:4 4}}
.truth{{fill:none;stroke:var(--ink);stroke-width:2.6}}.ceiling{{fill:none;stroke-width:1.4;stroke-dasharray:6 4;opacity:.8}}
.joined{{fill:none;stroke-width:1.6;stroke-linejoin:round;opacity:.85}}.reach{{fill:none;stroke-width:1.3;opacity:.75}}
.hollow{{fill:var(--paper);stroke-width:1.8}}.s-plain{{stroke:var(--plain)}}.between{{stroke:var(--ink);stroke-opacity:.55;stroke-width:1.3}}
.start{{stroke:var(--muted);stroke-width:2.4}}.unstable{{fill:none;stroke:#D55E00;stroke-width:1.5;stroke-dasharray:3 2}}
.seed{{fill:var(--paper);stroke:var(--ink);stroke-width:1.1}}.span{{stroke:var(--ink);stroke-width:1.2}}.glyph{{fill:var(--muted)}}
.ring{{fill:none;stroke:var(--muted);stroke-width:1.4}}.odd{{fill:none;stroke:#D55E00;stroke-width:1.8}}
svg .head{{font-size:14px;font-weight:600}}svg .bits{{font-weight:600;font-variant-numeric:tabular-nums}}
svg .line-bits{{font-size:10.5px;font-variant-numeric:tabular-nums}}
.single{{opacity:.55}}.mark{{stroke:var(--paper);stroke-width:.8}}.cross{{fill:none;stroke-width:2.6}}
{_KIND_RULES}
{_ATOM_RULES.replace(".i-", "svg .i-")}
"""

STYLE = f"""
:root{{{variables("light")}}}
@media screen and (prefers-color-scheme:dark){{:root{{{variables("dark")}}}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
overflow-wrap:anywhere}}
main{{max-width:820px;margin:0 auto;padding:40px 24px 64px}}
h1{{font-size:1.9em;line-height:1.2;margin:0 0 .3em;text-wrap:balance}}
h2{{font-size:1.25em;margin:2.2em 0 .6em;padding-bottom:.2em;border-bottom:1px solid var(--rule)}}
p{{margin:.6em 0;text-wrap:pretty}}
.lead{{font-size:1.1em;color:var(--muted)}}
a{{color:var(--accent)}}
.findings{{list-style:none;padding:0;margin:0}}
.findings li{{margin:0;padding:.65em 0 .65em 6.4em;border-bottom:1px solid var(--rule);position:relative}}
.findings .verdict{{position:absolute;left:0;top:.75em;width:5.6em;text-align:center;font-size:.82em;font-weight:600;
border:1px solid var(--plain);border-radius:99px;padding:.05em 0}}
.findings .yes{{background:var(--ink);color:var(--paper);border-color:var(--ink)}}
.findings .unclear{{border-style:dashed;color:var(--muted)}}
.findings small{{display:block;color:var(--muted);font-variant-numeric:tabular-nums}}
.warnings{{background:var(--soft);border-left:4px solid #D55E00;padding:.6em 1em .6em 2.2em;margin:1em 0}}
figure{{margin:1.6em 0;break-inside:avoid}}
figcaption{{font-weight:600;margin-bottom:.4em}}
.note{{color:var(--muted);font-size:.92em}}
.figure{{display:block;width:100%;height:auto}}
.scroll{{overflow-x:auto}}
table{{border-collapse:collapse;font-size:.88em;font-variant-numeric:tabular-nums;margin:.5em 0;width:100%}}
caption{{text-align:left;font-weight:600;padding:.3em 0}}
th,td{{text-align:left;padding:.28em .7em .28em 0;border-bottom:1px solid var(--rule);vertical-align:top}}
td.n,th.n{{text-align:right}}td.n{{white-space:nowrap;overflow-wrap:normal}}th.n{{overflow-wrap:normal}}td:not(.n){{min-width:6em}}
td small{{display:block;color:var(--muted)}}
details{{margin:.5em 0}}
summary{{cursor:pointer;color:var(--muted);font-size:.92em}}
dl{{display:grid;grid-template-columns:minmax(8em,max-content) 1fr;gap:.3em 1.2em;margin:.6em 0;font-size:.94em}}
dt{{color:var(--muted);max-width:16em}}
dd{{margin:0}}
code,pre{{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}}
pre{{background:var(--soft);border:1px solid var(--rule);border-radius:6px;padding:1em;overflow-x:auto;white-space:pre-wrap}}
footer{{margin-top:3em;color:var(--muted);font-size:.9em}}
{FIGURES}@media (max-width:560px){{.findings li{{padding-left:0}}.findings .verdict{{position:static;display:inline-block;margin-right:.6em}}
dl{{grid-template-columns:1fr}}}}
@media print{{
@page{{margin:16mm}}
body{{font-size:10.5pt}}main{{max-width:none;padding:0}}
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
h2,figcaption,caption{{break-after:avoid}}tr,li{{break-inside:avoid}}.scroll{{overflow:visible}}
details::details-content{{content-visibility:visible;block-size:auto;opacity:1}}
}}
"""
