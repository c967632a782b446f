import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'node:test'
import { blocksOf, prepared, read, run } from './page.js'
import { skip as noSlurm, withSlurm } from './slurmHere.js'

// Runs the commands and templates of the page as the schedulers would.

const page = 'docs/cluster.md'
const blocks = blocksOf(page)
const command = 'scoring-bias study statlog --runs 12 --epochs 3 --pretrain-epochs 1'
const merged = `${command} --store all.duckdb --no-report --quiet`

const sh = (cwd: string, text: string, variables = '') =>
  run(cwd, 'bash', ['-euo', 'pipefail', '-c', `${variables}\n${text}`])
/** An answer without the time that it took, which is its last line. */
const timeless = (text: string) => text.replace(/Took .* s\.\n$/, '')

let alone: string | undefined
/** What one process answers. */
function answer(): string {
  alone ??= timeless(sh(prepared(`${page}-alone`), `${command} --no-report --quiet`))
  return alone
}

describe('the page of clusters', () => {
  it('shards and merging give the answer of one process', () => {
    const cwd = prepared(`${page}-shards`)
    const [shards, merge] = blocks.filter(({ language }) => language === 'sh')
    assert.match(sh(cwd, shards?.text ?? ''), /^Shard 1 of 2: .*\n.*\n.*\nShard 2 of 2: /)
    const said = sh(cwd, merge?.text ?? '')
    assert.match(said, /^Merged 2 stores into all\.duckdb: 6 of 6 units\.\nFor the answer: .*\n/)
    assert.equal(timeless(said.split('\n').slice(2).join('\n')), answer())
  })

  it('so do the functions of Node, which train every unit once', () => {
    const [block] = blocks.filter(({ language }) => language === 'js')
    const said = run(prepared(`${page}-node`), process.execPath, ['--input-type=module'], block?.text ?? '')
    assert.equal(said, 'shard 1/2: 1 of 1\nshard 2/2: 1 of 1\n2 0 5\n')
  })

  it('the template of Kubernetes does, in every pod of it', () => {
    const cwd = prepared(`${page}-kubernetes`)
    const yaml = blocks.find(({ language }) => language === 'yaml')?.text ?? ''
    const [completions, told] = [/completions: (\d+)/, /name: JOB_COMPLETIONS\n\s+value: "(\d+)"/].map((one) =>
      Number(one.exec(yaml)?.[1]),
    )
    assert.ok(Number.isInteger(completions))
    assert.equal(completions, told)
    // A folded scalar: its lines are one.
    const folded = /- >-\n((?: {14}.*\n)+)/.exec(yaml)?.[1]?.trim().replace(/\n\s+/g, ' ') ?? ''
    for (let pod = 0; pod < Number(completions); pod++) {
      sh(cwd, folded.replaceAll('/data/', ''), `export JOB_COMPLETION_INDEX=${pod} JOB_COMPLETIONS=${told}`)
    }
    sh(cwd, 'scoring-bias merge all.duckdb part-*.duckdb --quiet')
    assert.equal(timeless(sh(cwd, merged)), answer())
  })

  const noParallel =
    spawnSync('parallel', ['--version']).status !== 0 && process.env.REQUIRE_PARALLEL !== '1'
      ? 'no GNU parallel; `apt-get install parallel` brings it'
      : false
  it('the commands of GNU parallel do', { skip: noParallel }, () => {
    const cwd = prepared(`${page}-parallel`)
    const [block] = blocks.filter(({ text }) => text.startsWith('parallel '))
    const said = sh(cwd, block?.text ?? '')
    assert.equal(timeless(said.slice(said.indexOf('For the answer')).split('\n').slice(1).join('\n')), answer())
  })

  it('the template of Slurm does, on a cluster of this machine alone', { skip: noSlurm }, async () => {
    const cwd = prepared(`${page}-slurm`)
    const [template, submit] = blocks.filter(({ language }) => language === 'slurm')
    writeFileSync(join(cwd, 'study.sbatch'), template?.text ?? '')
    await withSlurm(async (environment) => {
      const variables = { ...environment, PATH: [join(cwd, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }
      sh(
        cwd,
        submit?.text ?? '',
        Object.entries(variables)
          .map(([name, value]) => `export ${name}='${value}'`)
          .join('\n'),
      )
    })
    for (const shard of [1, 2, 3])
      assert.match(readFileSync(join(cwd, `shard-${shard}.txt`), 'utf8'), new RegExp(`^Shard ${shard} of 3: `))
    const said = readFileSync(join(cwd, 'answer.txt'), 'utf8')
    assert.equal(timeless(said.split('\n').slice(2).join('\n')), answer())
  })

  it('has no other command to run', () => {
    const languages = blocks.map(({ language }) => language)
    assert.deepEqual(languages, ['sh', 'sh', 'js', 'slurm', 'slurm', 'yaml', 'sh', ''])
    assert.ok(read('docs/README.md').includes('(cluster.md)'))
  })
})
