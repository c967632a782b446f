import { intervalMethods } from '../src/stats/bootstrap/bootstrapInterval.js'
import type { CellCoverage } from './coverageCell.js'

/**
 * Coverage in per cent as Markdown: for every number of samples and target the mean over laws and correlations, and in
 * parentheses the worst of them.
 */
export function coverageTable(cells: readonly CellCoverage[]): string {
  const groups = new Map<string, CellCoverage[]>()
  for (const cell of cells) {
    const { nNormal, nAnomalous, fpr } = cell
    const key = [nNormal, nAnomalous, fpr, nNormal * fpr < 1 ? '0 *' : Math.floor(nNormal * fpr + 1e-9)].join(' | ')
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  const percent = (x: number) => (100 * x).toFixed(1)
  const rows = Array.from(groups, ([key, group]) => {
    const columns = intervalMethods.map((method) => {
      const covered = group.map(({ methods }) => methods[method].covered)
      const mean = covered.reduce((sum, x) => sum + x, 0) / covered.length
      return `${percent(mean)} (${percent(Math.min(...covered))})`
    })
    return `| ${[key, ...columns].join(' | ')} |`
  })
  const head = ['normals', 'anomalies', 'fpr', 'tolerated', ...intervalMethods]
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows].join('\n')
}
