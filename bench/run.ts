// Measures this package beside its rivals: npm run bench [-- SUBJECT ...], all subjects without a name.
// Prints tables in Markdown and writes bench/results.json, which has the results of each machine with its versions. There, subjects that were
// not run keep theirs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { benchFolder, type Case, type Metrics, runOnce, type Subject, type Summary, summarise } from './harness.js'
import { machine } from './machine.js'
import { subjects } from './subjects.js'

interface Row {
  readonly input: string
  readonly contestant: string
  readonly trials?: number
  readonly metrics?: Record<string, Summary>
  readonly missing?: string
}

interface Results {
  readonly machine: Readonly<Record<string, string>>
  readonly subjects: Readonly<Record<string, readonly Row[]>>
}

function measure(subject: Subject): Row[] {
  const cases = subject.cases()
  const trials = new Map<Case, Metrics[]>(cases.map((each) => [each, []]))
  const missing = new Map<Case, string>()
  // Round by round, so that whatever else the machine does in a while falls on all contestants.
  for (let trial = 0; trial < subject.trials; trial++) {
    for (const each of cases.filter((one) => !missing.has(one) && trial < (one.trials ?? subject.trials))) {
      process.stderr.write(`${subject.name} ${trial + 1}/${subject.trials}: ${each.input}, ${each.contestant}\n`)
      const result = runOnce(each.command)
      if ('missing' in result) missing.set(each, result.missing)
      else trials.get(each)?.push(result.metrics)
    }
  }
  return cases.map((each) => {
    const { input, contestant } = each
    const why = missing.get(each)
    if (why !== undefined) return { input, contestant, missing: why }
    const measured = trials.get(each) ?? []
    return { input, contestant, trials: measured.length, metrics: summarise(measured) }
  })
}

function markdown(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics ?? {})))]
  const cell = ({ metrics, missing, trials }: Row, name: string) => {
    if (missing !== undefined) return name === names[0] ? missing : ''
    const summary = metrics?.[name]
    if (summary === undefined) return ''
    const { median, min, max } = summary
    return trials === 1 ? String(median) : `${median} (${min} – ${max})`
  }
  const lines = rows.map((row) => [row.input, row.contestant, ...names.map((name) => cell(row, name))])
  const head = ['input', 'contestant', ...(names.length === 0 ? ['result'] : names)]
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

const wanted = process.argv.slice(2)
const stranger = wanted.find((word) => !subjects.some(({ name }) => name === word))
if (stranger !== undefined) {
  console.error(`there is no bench '${stranger}'; there are ${subjects.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const path = join(benchFolder, 'results.json')
const here = machine()
const stored: readonly Results[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
// A rival that was not there before changes no number of those that were.
const own = stored.find((one) => Object.entries(one.machine).every(([what, value]) => here[what] === value))
// Of a machine whose versions have changed, what was measured before no longer stands beside what is.
const others = stored.filter((one) => one.machine.cpu !== here.cpu)
const results: Record<string, readonly Row[]> = { ...own?.subjects }
for (const [what, value] of Object.entries(here)) console.log(`${what}: ${value}`)
for (const subject of subjects) {
  if (wanted.length > 0 && !wanted.includes(subject.name)) continue
  const rows = measure(subject)
  results[subject.name] = rows
  console.log(
    `\n## ${subject.name}\n\n${subject.about}\nMedian (least – most) of ${subject.trials} processes; a number alone is of one.\n`,
  )
  console.log(markdown(rows))
  writeFileSync(path, `${JSON.stringify([...others, { machine: here, subjects: results }], null, 2)}\n`)
}
