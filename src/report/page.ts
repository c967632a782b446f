import { createHash } from 'node:crypto'
import { Html, html } from './html.js'
import { pageCss } from './pageCss.js'

export interface PageOptions {
  /** Rules beside those of every page. */
  readonly css?: string | undefined
  /** A module that the page runs; a content security policy then allows this script alone, and no request. */
  readonly script?: string | undefined
}

/** One self-contained HTML page in the style of all reports, around what its `main` element holds. */
export function page(title: string, main: Html, { css, script }: PageOptions = {}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${script === undefined ? '' : policy(script)}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${new Html(pageCss())}
${css === undefined ? '' : new Html(`${css}\n`)}</style>
</head>
<body>
<main>
${main}
</main>
${script === undefined ? '' : new Html(`<script type="module">\n${script}\n</script>\n`)}</body>
</html>
`.text
}

function policy(script: string): Html {
  const hash = createHash('sha256').update(`\n${script}\n`).digest('base64')
  const allowed = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`
  return new Html(`<meta http-equiv="Content-Security-Policy" content="${allowed}">\n`)
}
