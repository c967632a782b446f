import { columnTable } from '../../src/report/textTable.js'
import { type Agreement, tolerances } from './agreement.js'
import type { Placement } from './placement.js'
import type { Speed, Together } from './speed.js'
import type { StudyAgreement } from './studies.js'

export function print(title: string, table: string): void {
  console.log(`\n${title} (${(performance.now() / 1000).toFixed(0)} s)\n${table}`)
}

export function agreementTable(rows: readonly Agreement[]): string {
  return columnTable(
    [
      ['graph', 'l', ({ graph }) => graph],
      ['largest difference of an output', 'l', ({ differences }) => worst(differences)],
      ['agrees', 'l', ({ agrees }) => (agrees ? 'yes' : 'NO')],
      ['same bits again', 'l', ({ repeats }) => (repeats === undefined ? '–' : repeats ? 'yes' : 'no')],
    ],
    rows,
  )
}

/** The output that comes nearest to what it may differ by. */
function worst(differences: Agreement['differences']): string {
  const share = ([name, difference]: [string, number]) =>
    Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / (tolerances[name] ?? Number.NaN)
  const [first] = Object.entries(differences).sort((a, b) => (share(a) < share(b) ? 1 : -1))
  return first === undefined ? '–' : `${first[0]} ${first[1].toExponential(1)} of ${tolerances[first[0]]}`
}

export function placementTable(rows: readonly Placement[]): string {
  return columnTable(
    [
      ['graph', 'l', ({ graph }) => graph],
      [
        'nodes',
        'l',
        ({ nodes }) =>
          Object.entries(nodes)
            .map(([where, n]) => `${where} ${n}`)
            .join(', '),
      ],
      ['copies', 'r', ({ copies }) => String(copies)],
      ['on the CPU', 'l', ({ onCpu }) => onCpu.join(', ')],
    ],
    rows,
  )
}

export function speedTable(rows: readonly Speed[]): string {
  return columnTable(
    [
      ['graph', 'l', ({ graph }) => graph],
      ['device', 'l', ({ device }) => device],
      ['replicas', 'r', ({ replicas }) => String(replicas)],
      ['steps a call', 'r', ({ steps }) => String(steps)],
      ['first call, ms', 'r', ({ firstMs }) => firstMs?.toFixed(0) ?? 'does not fit'],
      ['ms a step', 'r', ({ stepMs }) => stepMs?.toFixed(3) ?? '–'],
      [
        'µs a step and replica',
        'r',
        ({ stepMs, replicas }) => (stepMs === undefined ? '–' : ((1000 * stepMs) / replicas).toFixed(1)),
      ],
      ['GPU, all processes, MiB', 'r', ({ gpuMiB }) => gpuMiB?.toFixed(0) ?? '–'],
    ],
    rows,
  )
}

export function togetherTable(rows: readonly Together[]): string {
  return columnTable(
    [
      ['graph', 'l', ({ graph }) => graph],
      ['takes one thread at a time', 'l', ({ inTurns }) => (inTurns ? 'yes' : 'no')],
      ['one, ms', 'r', ({ oneMs }) => oneMs.toFixed(0)],
      ['two, ms', 'r', ({ twoMs }) => twoMs.toFixed(0)],
    ],
    rows,
  )
}

export function studyTable(rows: readonly StudyAgreement[]): string {
  return columnTable(
    [
      ['study', 'l', ({ study }) => study],
      ['on the CPU', 'l', ({ cpu }) => cpu.join('\n')],
      ['on the device', 'l', ({ device }) => device.join('\n')],
      ['difference of ξ', 'r', ({ xiDifference }) => xiDifference.toExponential(1)],
      ['CPU, s', 'r', ({ cpuSeconds }) => cpuSeconds.toFixed(1)],
      ['device, s', 'r', ({ deviceSeconds }) => deviceSeconds.toFixed(1)],
    ],
    rows,
  )
}
