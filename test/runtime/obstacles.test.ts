import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { cuda } from '../../src/runtime/providers/cuda.js'
import { webgpu } from '../../src/runtime/providers/webgpu.js'

const folder = mkdtempSync(join(tmpdir(), 'obstacles-'))
after(() => rmSync(folder, { recursive: true }))

describe('what keeps a device from being used comes with what helps against just that', () => {
  const noRoom = 'End what else uses that memory, or take fewer workers or smaller batches'
  const cases = [
    [
      webgpu,
      'webgpu_context.cc:136 … Failed to get a WebGPU adapter: No supported adapters',
      'no GPU was found through Vulkan, Metal or Direct3D 12',
      /^Install the GPU's driver/,
    ],
    [
      webgpu,
      'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n at …',
      /no room left \(vkAll\S+ .*\)$/,
      noRoom,
    ],
    [cuda, 'CUDA failure 2: out of memory', 'its memory has no room left (CUDA failure 2: out of memory)', noRoom],
    [cuda, 'Failed to allocate memory for requested buffer of size 9437184\n', /no room left/, noRoom],
    [cuda, 'CUDA failure 100: no CUDA-capable device is detected', /found no GPU/, "Install the GPU's driver anew"],
    [
      cuda,
      'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
      /did not load/,
      /^Install .*CUDA 12 and cuDNN 9, by ONNX Runtime's documentation.*`ldd \S+_cuda\.so`/,
    ],
  ] as const
  for (const [provider, message, why, way] of cases) {
    it(`${provider.name}: ${message.split('\n')[0]}`, () => {
      const found = provider.explain(message)
      assert.match(found?.why ?? '', asPattern(why))
      assert.match(found?.way ?? '', asPattern(way))
    })
  }

  it('and words that are not known are left as they are', () => {
    assert.deepEqual([webgpu.explain('oops'), cuda.explain('CUDA failure 1001: oops')], [undefined, undefined])
  })

  it('and no driver is advised where onnxruntime-node has nothing for the machine', () => {
    const way = 'Take another machine'
    assert.deepEqual(webgpu.absence('linux', 'arm64'), { why: 'onnxruntime-node has no WebGPU for linux arm64', way })
    assert.equal(webgpu.absence('darwin', 'arm64'), undefined)
    assert.deepEqual(cuda.absence('darwin', 'arm64'), {
      why: 'onnxruntime-node has no CUDA for darwin arm64',
      way: 'Take a machine with Linux x64',
    })
  })
})

describe('the command that fetches CUDA', { skip: `${process.platform} ${process.arch}` !== 'linux x64' }, () => {
  const required = createRequire(import.meta.url)
  const installed = dirname(required.resolve('onnxruntime-node/package.json'))

  it('is that of the script that onnxruntime-node has', () => {
    const { way } = cuda.absence() ?? {}
    if (way !== undefined) assert.equal(scriptIn(way), join(installed, 'script', 'install.js'))
  })

  it('begins to download, also within a script of npm, and where a broken file is there', () => {
    // A copy: what the script finds and writes lies beside it.
    const copy = join(folder, 'onnxruntime-node')
    cpSync(join(installed, 'script'), join(copy, 'script'), { recursive: true })
    const bin = join(copy, 'bin', 'napi-v6', 'linux', 'x64')
    mkdirSync(bin, { recursive: true })
    for (const one of ['cuda', 'shared', 'tensorrt']) writeFileSync(join(bin, `libonnxruntime_providers_${one}.so`), '')
    const stubs = `
      const { _load } = require('module')
      require('module')._load = (name, ...rest) =>
        name === 'global-agent' ? { bootstrap() {} } : name === 'adm-zip' ? class {} : _load(name, ...rest)
      require('https').get = (url) => { console.log('asks for ' + url); process.exit(7) }`
    writeFileSync(join(folder, 'stubs.cjs'), stubs)
    const env = { ...process.env, npm_config_local_prefix: folder, npm_package_json: join(folder, 'package.json') }
    const fetched = (value: string) =>
      spawnSync(process.execPath, ['--require', join(folder, 'stubs.cjs'), join(copy, 'script', 'install.js')], {
        ...{ cwd: tmpdir(), encoding: 'utf8' as const, env: { ...env, ONNXRUNTIME_NODE_INSTALL: value } },
      })
    const { status, stdout } = fetched('true')
    assert.deepEqual([status, stdout], [7, 'asks for https://api.nuget.org/v3/index.json\n'])
    // What this way out was before: the script skips it in silence.
    assert.deepEqual([fetched('cuda12').status, fetched('cuda12').stdout], [0, ''])
  })
})

function asPattern(words: string | RegExp): RegExp {
  return typeof words === 'string' ? new RegExp(`^${words.replace(/[()]/g, String.raw`\$&`)}$`) : words
}

/** The script that a way out has Node run. */
function scriptIn(way: string): string {
  const [, script = ''] = /`ONNXRUNTIME_NODE_INSTALL=true node (\S+)`/.exec(way) ?? []
  assert.ok(existsSync(script), way)
  return script
}
