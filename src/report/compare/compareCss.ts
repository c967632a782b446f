/** What the report of a comparison needs beside {@link pageCss}. */
export function compareCss(): string {
  return `small{color:var(--muted);font-size:12.5px}
tfoot th,tfoot td{border-top:2px solid var(--rule);border-bottom:0}
tbody th,tfoot th{white-space:normal;min-width:7em;overflow-wrap:anywhere;font-weight:500}
caption{caption-side:top;padding:0 0 4px;text-align:left;font-size:13px;color:var(--muted)}
thead th{white-space:normal;min-width:4.5em}
.pair+.note,figure+.note{margin-top:14px}
h3{margin:32px 0 8px;font-size:16px}
h1,h2,h3,.lede{overflow-wrap:anywhere}
.pair{display:grid;align-items:end;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:24px}
.pair .chart svg{min-width:0;max-width:452px}
.pair figure{margin:12px 0 0}
.pair+figcaption{margin-bottom:14px}
.live{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;margin:0 0 16px;padding:10px 0;background:var(--page);border-bottom:1px solid var(--rule)}
.live[hidden]{display:none}
.live output{display:inline-block;min-width:4.5em;font-weight:600;font-variant-numeric:tabular-nums}
.live input{flex:1 1 220px;min-width:0;accent-color:var(--candidate)}
.live button{padding:4px 10px;border:1px solid var(--rule);border-radius:6px;background:var(--panel);color:var(--ink);font:inherit;font-size:14px}
body:not(.moved) .live button{visibility:hidden}
.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .6em;border-radius:2px}
.key:first-child{margin-left:0}
.scroll+.note{margin-top:20px}
dt{max-width:11em}
.arrow{font-size:18px}
pre code{white-space:pre-wrap;overflow-wrap:anywhere}
@media print{h3,.keys{break-after:avoid}.live{position:static}.live input,.live button{display:none}}`
}
