"""The look of a document: light and dark by the reader's setting, black on white in print; no font, image or rule from elsewhere."""

from __future__ import annotations

from mmexplore.palette import Theme

_PAPER: dict[Theme, str] = {
    "light": "--ink:#1a1a1a;--muted:#5c6066;--paper:#fff;--soft:#f5f6f8;--rule:#d9dce1;--plain:#7a8088;--accent:#0072B2;"
    "color-scheme:light;",
    "dark": "--ink:#eceef1;--muted:#a4abb5;--paper:#14161a;--soft:#1d2026;--rule:#363b44;--plain:#8d949e;--accent:#56B4E9;"
    "color-scheme:dark;",
}


def variables(theme: Theme) -> str:
    """The colours of a theme as CSS variables."""
    return _PAPER[theme]


PAGE = f"""
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
[data-figure]{{width:100%}}
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
@media (max-width:560px){{.findings li{{padding-left:0}}.findings .verdict{{position:static;display:inline-block;margin-right:.6em}}
dl{{grid-template-columns:1fr}}}}
@media print{{
@page{{margin:16mm}}
body{{font-size:10.5pt}}main{{max-width:none;padding:0}}
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
h2,figcaption,caption{{break-after:avoid}}tr,li{{break-inside:avoid}}.scroll{{overflow:visible}}
details::details-content{{content-visibility:visible;block-size:auto;opacity:1}}
}}
"""
