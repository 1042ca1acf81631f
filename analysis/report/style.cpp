#include "analysis/report/style.h"

namespace stallsight {

std::string page_style() {
    return R"(:root{color-scheme:light dark;--ink:#1b1f27;--muted:#5b6472;--bg:#fff;--panel:#f5f6f8;--rule:#d3d8e0;
--grid:#e6e9ee;--bad:#b3261e;--warn:#8a5a00;--stall:#6a55c2;--starved:#8f6c1e;--bh:#f0d9a8;--lock:#f3c1bd;--row:#dbe8f8;
--link:#1f6fb5;--mark:#fde7b0}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--muted:#9aa4b2;--bg:#1b1f24;--panel:#242931;--rule:#3a414c;
--grid:#2c323b;--bad:#ff7b72;--warn:#e3b341;--stall:#7d68d6;--starved:#a9832f;--bh:#7a5f25;--lock:#7f3a37;--row:#2b4a6b;
--link:#6cb0f2;--mark:#5a4a1c}}
@media print{:root{--ink:#000;--muted:#444;--bg:#fff;--panel:#fff;--rule:#999;--grid:#ddd;--bad:#a00;--warn:#640;
--stall:#6a55c2;--starved:#8f6c1e;--bh:#f0d9a8;--lock:#f3c1bd;--row:#e4edf8;--link:#000;--mark:#fde7b0}
tr,figure,.further{break-inside:avoid}h2,h3{break-after:avoid}*{print-color-adjust:exact}a{text-decoration:none}
:root{font-size:11px}}
@page{margin:16mm}
body{margin:0;background:var(--bg);color:var(--ink);font:.9375rem/1.5 system-ui,"Noto Sans","DejaVu Sans",sans-serif}
main{max-width:66rem;margin:0 auto;padding:2rem 1.25rem}
footer{max-width:66rem;margin:0 auto;padding:0 1.25rem 2rem;color:var(--muted)}
h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--rule);padding-bottom:.25rem}
h3{font-size:1rem;margin:1.2rem 0 .4rem}a{color:var(--link)}
.answer{border-left:5px solid var(--bad);background:var(--panel);padding:.8rem 1.1rem;font-size:1.05rem}
.answer.stall{border-color:var(--stall)}.answer.info{border-color:var(--link)}
.further{border-left:5px solid var(--rule);padding:.2rem 1.1rem;margin-top:.8rem}
.aside,.muted{color:var(--muted)}.bad{color:var(--bad);font-weight:600}.follows{color:var(--warn)}
.note{color:var(--link)}details summary{cursor:pointer;color:var(--muted)}
nav{font-size:.9rem;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin-bottom:1rem}td{white-space:pre-line}td.short{white-space:nowrap}
table{border-collapse:collapse;width:100%;margin:0 0 1rem;font-size:.9rem}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;
border-bottom:1px solid var(--grid);overflow-wrap:break-word}th{color:var(--muted);font-weight:600}
code,pre,.mono{font-family:ui-monospace,"Noto Sans Mono","DejaVu Sans Mono",monospace}code{font-size:.8rem}code.long{overflow-wrap:anywhere}
pre.stack{background:var(--panel);padding:.7rem;overflow-x:auto;font-size:.85rem;line-height:1.45}
mark{background:var(--mark);color:inherit}figure{margin:0;overflow-x:auto}figcaption{color:var(--muted);font-size:.85rem}
svg{width:100%;min-width:44rem;height:auto}svg text{font:12px system-ui,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--ink)}
svg .mono{font-family:ui-monospace,"Noto Sans Mono","DejaVu Sans Mono",monospace;white-space:pre}
svg .strong{font-weight:600}svg .muted{fill:var(--muted)}svg .small{font-size:11px}svg .bad{fill:var(--bad)}
svg .on-bar{fill:#fff;font-size:11px}svg .rule{stroke:var(--rule)}svg .grid{stroke:var(--grid)}
svg .bar-stall{fill:var(--stall)}svg .bar-starved{fill:var(--starved)}svg .band-bh{fill:var(--bh)}
svg .band-lock{fill:var(--lock)}svg .mark-row{fill:var(--row)}svg .mark-bad{fill:var(--bad)}svg .mark-warn{fill:var(--warn)}
svg .mark-stall{fill:var(--stall)}svg .curve{fill:none;stroke:var(--link);stroke-width:1.5}svg .curve-point{fill:var(--link)}
svg .node{fill:var(--panel);stroke:var(--rule);rx:4px}svg .node-wanted{stroke:var(--bad)}svg .edge{fill:none;stroke:var(--muted);
stroke-width:1.4}svg .edge-head{fill:var(--muted)}svg .edge-closes{stroke:var(--bad);stroke-dasharray:5 3}
@media screen and (max-width:60rem){table{display:block;overflow-x:auto}}
@media print{nav{display:none}main{max-width:none;padding:0}svg{min-width:0}figure,pre.stack{overflow:visible}pre{white-space:pre-wrap;overflow-wrap:anywhere}}
)";
}

}  // namespace stallsight
