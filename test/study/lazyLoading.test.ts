import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { sourceFlags, sourceUrl } from '../sources.js'

/** The native libraries that a program in TypeScript has loaded at its end. */
function librariesOf(program: string): string[] {
  const report = 'console.log(JSON.stringify(process.report.getReport().sharedObjects))'
  const args = [...sourceFlags, '--input-type=module', '--eval', `${program}\n${report}`]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.notEqual(stdout, '', stderr)
  return JSON.parse(stdout)
}

test('studies load neither DuckDB nor ONNX Runtime before they need it', () => {
  const modules = [
    ...['study/runStudy', 'study/anomalyMatrix', 'study/describeDataset', 'study/store/duckdbStore'],
    ...['converge/converge', 'converge/convergeScores', 'paper/reproduce'],
  ]
  const imports = modules.map((name) => `import ${JSON.stringify(sourceUrl(name))}`).join('\n')
  const heavy = (program: string) => librariesOf(program).filter((name) => /duckdb|onnxruntime/.test(name))
  assert.deepEqual(heavy(imports), [])
  const store = JSON.stringify(sourceUrl('study/store/duckdbStore'))
  const opening = `import { DuckdbStore } from ${store}\nawait DuckdbStore.open('/nowhere/a.duckdb').catch(() => {})`
  assert.notDeepEqual(heavy(opening), [])
})
