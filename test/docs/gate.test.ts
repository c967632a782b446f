import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { normal } from '../../src/random/normal.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guide = await readFile(join(root, 'docs/gate.md'), 'utf8')
const folder = await mkdtemp(join(tmpdir(), 'gate-ci-'))
after(() => rm(folder, { recursive: true }))

/** The shell step of the workflow that compares, with the indentation of its block taken away. */
function comparingStep(): string {
  const [, block = assert.fail('the workflow has a step of several lines')] =
    guide.match(/- name: Compare\n {8}run: \|\n((?: {10}.*\n)+)/) ?? []
  return block.replaceAll(/^ {10}/gm, '')
}

// As a user has it: the command of the built package.
await writeFile(
  join(folder, 'scoring-bias'),
  `#!/bin/sh\nexec '${process.execPath}' '${root}dist/cli/main.js' "$@"\n`,
  {
    mode: 0o755,
  },
)
await writeFile(join(folder, 'step.sh'), comparingStep())

/** Runs the step as a job does, on scores where the candidate's anomalies are shifted. */
async function runStep(shift: number, n: number) {
  const [normals, anomalies, noise] = [normal(500, { seed: 1 }), normal(n, { seed: 2 }), normal(500 + n, { seed: 3 })]
  const scores = [...normals, ...anomalies.map((x) => x + 3)]
  const rows = scores.map((x, i) => [Number(i >= 500), x, x + 0.1 * (noise[i] ?? 0) + (i < 500 ? 0 : shift)].join())
  await writeFile(join(folder, 'scores.csv'), ['label,baseline,candidate', ...rows].join('\n'))
  const summary = join(folder, 'summary.md')
  await writeFile(summary, '')
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, GITHUB_STEP_SUMMARY: summary }
  const said = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile('bash', ['-e', 'step.sh'], { cwd: folder, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? assert.fail(stderr), stdout, stderr }),
    )
  })
  return { ...said, summary: await readFile(summary, 'utf8'), json: await readFile(join(folder, 'gate.json'), 'utf8') }
}

for (const [verdict, shift, n, code] of [
  ['pass', 0, 800, 0],
  ['fail', -1.5, 800, 3],
  ['undecided', 0, 8, 0],
] as const) {
  test(`the workflow of docs/gate.md ends with ${code} on a verdict of ${verdict}`, async () => {
    const said = await runStep(shift, n)
    assert.equal(said.code, code, said.stderr)
    assert.match(said.summary, new RegExp(`Verdict on candidate: ${verdict}\\.`))
    assert.equal(JSON.parse(said.json).verdict, verdict)
    assert.match(await readFile(join(folder, 'gate.html'), 'utf8'), new RegExp(`Verdict on candidate: ${verdict}`))
    if (verdict === 'undecided') assert.match(said.stdout, /^::warning::/m)
  })
}
