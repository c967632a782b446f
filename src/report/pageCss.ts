import { fonts, themeCss } from './theme.js'

/** Style sheet of a report. */
export function pageCss(): string {
  return `${themeCss()}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 ${fonts}}
main{max-width:960px;margin:0 auto;padding:48px 24px 32px}
h1{margin:0 0 16px;font-size:28px;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
h2{margin:48px 0 12px;font-size:19px}
p{max-width:46em;margin:0 0 12px}
.lede{font-size:19px;line-height:1.5}
.note,figcaption,footer{font-size:14px;color:var(--muted)}
.note{max-width:54em}
.warning{max-width:none;padding:10px 14px;border-radius:6px;background:var(--warning)}
.scroll,.chart{position:relative;overflow-x:auto}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:15px}
th,td{padding:8px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
th:first-child{padding-left:0;text-align:left}
thead th{font-size:13px;font-weight:600;color:var(--muted);vertical-align:bottom}
tbody th{font-weight:500}
.arrow{width:2em;text-align:center;font-weight:600}
.tag{margin-left:6px;padding:1px 7px;border-radius:9px;background:var(--panel);color:var(--muted);font-size:12px;font-weight:400}
.unseen{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
table+p,.scroll+p{margin-top:12px}
figure{margin:28px 0 0}
figcaption{max-width:54em;margin-top:10px}
figcaption strong{color:var(--ink)}
.chart svg{display:block;width:100%;min-width:640px;max-width:912px;height:auto;margin:0 auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:0 0 16px;font-size:15px}
dt{color:var(--muted)}
dd{margin:0}
dd code{overflow-wrap:anywhere;font-size:13.5px}
a{color:inherit}
pre{margin:0 0 16px;padding:12px 14px;overflow-x:auto;border-radius:6px;background:var(--panel);font-size:13.5px}
footer{margin-top:40px;padding-top:14px;border-top:1px solid var(--rule)}
@media (max-width:560px){main{padding-top:28px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{@page{margin:16mm}body{font-size:11pt}main{max-width:none;padding:0}h2{margin-top:24px;break-after:avoid}
figure,table,dl,.warning{break-inside:avoid}.scroll,.chart{overflow:visible}.chart svg{min-width:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`
}
