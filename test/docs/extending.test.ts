import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import type { DataSource } from '../../src/data/core/source.js'
import { dataSources, loadDataset } from '../../src/data/datasets.js'
import { detector, detectors } from '../../src/detectors/detectors.js'
import type { Objective } from '../../src/detectors/objectives/objective.js'
import { train } from '../../src/detectors/train.js'
import type { Provider } from '../../src/runtime/providers/provider.js'
import { providers } from '../../src/runtime/providers.js'
import { Session } from '../../src/runtime/session.js'
import { sourceUrl } from '../sources.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guide = await readFile(join(root, 'docs/extending.md'), 'utf8')
const blocks = [...guide.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, language, code = '']) => ({ language, code }))

const folder = await mkdtemp(join(tmpdir(), 'extending-'))
after(() => rm(folder, { recursive: true }))

/** What a file that the guide adds to `src` exports, loaded as though it were there. */
async function added(path: string): Promise<Record<string, unknown>> {
  const block = blocks.find(({ code }) => code.startsWith(`// ${path}\n`)) ?? assert.fail(`no example of ${path}`)
  const module = (to: string) => sourceUrl(relative('src', join(dirname(path), to)))
  const code = block.code.replace(/from '(\..*?)\.js'/g, (_, to) => `from '${module(to)}'`)
  const file = join(folder, path.replaceAll('/', '-').replace(/ts$/, 'mjs'))
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2023 } })
  await writeFile(file, outputText)
  return import(pathToFileURL(file).href)
}

it("the guide's examples for users run, one after the other", () => {
  const input = blocks.flatMap(({ language, code }) => (language === 'js' ? [code] : [])).join('\n')
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    cwd: root,
    input,
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'log-sad mlp 36-32-16-8',
    'rings log-sad narrow 36-6-3 wide',
    '3 scores',
    '2 units',
    'true 2',
    'true 0',
  ])
})

describe("the guide's additions to the package", () => {
  it('are what their types ask for', () => {
    const files = new Map(
      blocks.flatMap(({ code }) => {
        const [, path] = /^\/\/ (src\/.*)\n/.exec(code) ?? []
        return path === undefined ? [] : [[join(root, path), code] as const]
      }),
    )
    assert.equal(files.size, 3)
    const config = ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
      ts.sys,
      root,
    )
    const host = ts.createCompilerHost(config.options)
    const { fileExists, getSourceFile } = host
    host.fileExists = (path) => files.has(path) || fileExists(path)
    host.getSourceFile = (path, options, ...rest) => {
      const code = files.get(path)
      return code === undefined ? getSourceFile(path, options, ...rest) : ts.createSourceFile(path, code, options)
    }
    const program = ts.createProgram([...files.keys()], { ...config.options, noEmit: true }, host)
    for (const path of files.keys()) {
      const found = program.getSemanticDiagnostics(program.getSourceFile(path))
      assert.deepEqual(
        found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
        [],
      )
    }
  })

  it('of a detector: it is known by its name, and trains', async () => {
    const { logSad } = (await added('src/detectors/objectives/logSad.ts')) as { logSad: Objective }
    const table = detectors as unknown as Objective[]
    table.push(logSad)
    try {
      assert.equal(detector('log-sad'), logSad)
      const asked = { data: 'statlog', share: 0.1, detector: 'log-sad', device: 'cpu' } as const
      const { metadata } = await train({ ...asked, settings: { epochs: 1, pretrainEpochs: 1 } })
      assert.equal(metadata.detector, 'log-sad')
    } finally {
      table.pop()
    }
  })

  it('of a data set: it is loaded by its name', async () => {
    const { twoLines } = (await added('src/data/sets/twoLines.ts')) as { twoLines: DataSource }
    const table = dataSources as unknown as DataSource[]
    table.push(twoLines)
    try {
      assert.equal((await loadDataset('two-lines')).labels.length, 50)
    } finally {
      table.pop()
    }
  })

  it('of a device: it can be asked for, and says how to get it', async () => {
    const { coreml } = (await added('src/runtime/providers/coreml.ts')) as { coreml: Provider }
    const table = [...providers, coreml]
    const none = new Uint8Array(0)
    await assert.rejects(Session.open(none, 'coreml', table), {
      code: 'NO_DEVICE',
      message: /Take a Mac, or choose device 'auto'/,
    })
  })
})
