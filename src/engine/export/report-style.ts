/** The look of report.html: light and dark, screen and paper, no request for anything outside the file. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --surface: #fff; --plate: #f7f8fa; --ink: #14181f; --muted: #566070; --line: #e4e8ee; --accent: #0f766e; --accent-soft: #d8f0ec; --warning: #b45309; }
@media (prefers-color-scheme: dark) { :root { --surface: #0e1319; --plate: #161d26; --ink: #e8edf4; --muted: #a3afbf; --line: #252f3b; --accent: #2dd4bf; --accent-soft: #123b37; --warning: #fbbf24; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 15px/1.55 Inter, "Segoe UI", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 40px 0 10px; padding-top: 14px; border-top: 1px solid var(--line); }
.sub, figcaption, caption, dt { color: var(--muted); }
.sub { margin: 0 0 20px; }
.note { white-space: pre-wrap; }
.verdict { font-size: 19px; line-height: 1.45; background: var(--accent-soft); border-left: 4px solid var(--accent); border-radius: 6px; padding: 14px 18px; margin: 16px 0; }
.notice { border: 1px solid var(--warning); border-left-width: 4px; border-radius: 6px; padding: 10px 16px; margin: 16px 0; }
.notice strong { color: var(--warning); }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 20px 0; }
dl.facts div { background: var(--plate); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
dl.facts dt { font-size: 13px; }
dl.facts dd { margin: 0; font-size: 20px; font-weight: 600; }
.scroll { overflow-x: auto; margin: 12px 0 20px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
caption { text-align: left; padding-bottom: 8px; font-size: 13.5px; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 130px; }
.n { text-align: right; }
td.n { white-space: nowrap; }
figure { margin: 20px 0 28px; }
figure svg { display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line); border-radius: 8px; }
figcaption { margin-top: 6px; font-size: 13.5px; }
.mono { font-family: ui-monospace, Consolas, monospace; font-size: 12.5px; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; font: inherit; margin: 0; }
@media print { :root { --surface: #fff; --plate: #fff; --ink: #000; --muted: #444; --line: #ccc; --accent: #0f766e; --accent-soft: #fff; --warning: #7a3b00; } main { max-width: none; padding: 0; } body { font-size: 11pt; } h2 { break-after: avoid; } figure, tr, .verdict { break-inside: avoid; } .scroll { overflow: visible; } thead { display: table-header-group; } }
`;
