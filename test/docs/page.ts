import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

// Pages of the guides, and the folder in which their commands run as those of users do.

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const read = (path: string) => readFileSync(join(root, path), 'utf8')

const folder = mkdtempSync(join(tmpdir(), 'pages-'))
after(() => rmSync(folder, { recursive: true }))

const rows = (n: number, cells: (i: number) => readonly unknown[]) =>
  Array.from({ length: n }, (_, i) => `${cells(i).join(',')}\n`).join('')
const wave = (i: number, k: number) => (10 * Math.sin(k * (i + 1))).toFixed(4)
const kinds = ['fine', 'fine', 'fine', 'crack', 'fine', 'dent']
const kind = (i: number) => kinds[i % kinds.length] ?? ''
const label = (i: number) => (kind(i) === 'fine' ? 0 : 1)
const part = (i: number) => [i, kind(i), ...[2, 3, 5].map((k) => Number(wave(i, k)) + 8 * label(i))]
const order = (i: number) => [
  kind(i) === 'fine' ? 'fine' : 'fraud',
  Number(wave(i, 2)) + 8 * label(i),
  i % 9 === 4 ? '' : (i * i) % 7,
  ['FR', 'DE', 'IT', i > 300 ? 'ES' : 'FR'][(i * i) % 4],
  ['visa', 'amex', ''][i % 3],
]
/** A score of sample i, in which anomalies are `shift` larger. */
const score = (i: number, k: number, shift: number) => Number(wave(i, k)) + shift * label(i)
const scores = (i: number) => [score(i, 2, 5), score(i, 3, 9)]
const trainings = (i: number) => [
  score(i, 2, 5),
  score(i, 5, 5),
  score(i, 7, 5),
  score(i, 3, 9),
  score(i, 11, 9),
  score(i, 13, 9),
]
const seeds = ['svdd_seed1', 'svdd_seed2', 'svdd_seed3', 'sad_seed1', 'sad_seed2', 'sad_seed3']
const long = (row: number) => {
  const [i, t] = [Math.floor(row / 6), row % 6]
  return [i, label(i), t < 3 ? 'svdd' : 'sad', t % 3, trainings(i)[t]]
}

/** Files that the guides name. */
const files: Record<string, string> = {
  'scores.csv': `label,class,patient,baseline,candidate,old,new,${seeds}\n${rows(240, (i) => [label(i), kind(i), `p${i % 40}`, ...scores(i), ...scores(i), ...trainings(i)])}`,
  'more-scores.csv': `label,class,patient,baseline,candidate\n${rows(240, (i) => [label(i), kind(i), `p${i % 40}`, ...scores(i + 240)])}`,
  'long.csv': `id,label,model,seed,score\n${rows(6 * 240, long)}`,
  'parts-scores.csv': `kind,old,new,newer\n${rows(240, (i) => [kind(i), wave(i, 2), wave(i, 3), wave(i, 5)])}`,
  'old.csv': `id,label,score\n${rows(600, (i) => [i, label(i), wave(i, 2)])}`,
  'new.csv': `id,label,score\n${rows(600, (i) => [i, label(i), wave(i, 3)])}`,
  'parts.csv': `id,kind,a,b,c\n${rows(600, part)}`,
  'more-parts.csv': `id,kind,a,b,c\n${rows(100, (i) => part(i + 600))}`,
  'orders.csv': `kind,amount,items,country,card\n${rows(300, order)}`,
  'more-orders.csv': `amount,items,country,card\n${rows(50, (i) => order(i + 300).slice(1))}`,
  'odd.csv': `kind,a,b\n${rows(90, (i) => [['"fine, new"', 'used', 'crack'][i % 3], wave(i, 2), wave(i, 3)])}`,
}

/** A folder with the package installed and the files of the guides. */
export function prepared(page: string): string {
  const place = join(folder, page.replaceAll('/', '-'))
  mkdirSync(join(place, 'node_modules', '.bin'), { recursive: true })
  symlinkSync(root, join(place, 'node_modules', 'scoring-bias'), 'dir')
  // Which some examples use by itself.
  symlinkSync(join(root, 'node_modules', 'onnxruntime-node'), join(place, 'node_modules', 'onnxruntime-node'), 'dir')
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist', 'cli', 'main.js')}' "$@"\n`
  writeFileSync(join(place, 'node_modules', '.bin', 'scoring-bias'), program, { mode: 0o755 })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
  return place
}

export function run(cwd: string, command: string, args: readonly string[], input = ''): string {
  const path = [join(cwd, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH: path, SCORING_BIAS: root }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, input, encoding: 'utf8' })
  assert.equal(status, 0, `${args.join(' ')}${input}\n${stdout}${stderr}`)
  return stdout
}

export interface Block {
  readonly language: string
  readonly text: string
}

export const blocksOf = (page: string): Block[] =>
  [...read(page).matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, language = '', text = '']) => ({ language, text }))
