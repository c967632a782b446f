// What a device does, beside the CPU: npm run check:device -- --device cuda [--quick] [--json PATH]. See docs/gpu.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { requireKnown } from '../src/check.js'
import { ScoringBiasError } from '../src/errors.js'
import { columnTable } from '../src/report/textTable.js'
import { type Device, devices } from '../src/runtime/device.js'
import { providerOf } from '../src/runtime/providers.js'
import { tryDevice } from '../src/runtime/tryDevice.js'
import { processorName, runtimeVersions } from '../src/version.js'
import { type Agreement, agreements, tolerances } from './checkDevice/agreement.js'
import { type Placement, placements } from './checkDevice/placement.js'
import { type CheckSizes, fullSizes, quickSizes } from './checkDevice/sizes.js'
import { type Speed, speeds, type Together, together } from './checkDevice/speed.js'
import { type StudyAgreement, studyAgreement } from './checkDevice/studies.js'

const tf32 = 'NVIDIA_TF32_OVERRIDE'
/** After so long nothing new begins. */
const budgetSeconds = 540

interface Report {
  readonly device: Device
  readonly quick: boolean
  readonly machine: Readonly<Record<string, string>>
  readonly tolerances: Readonly<Record<string, number>>
  readonly agreement: Agreement[]
  /** With products in TF32, of which no tolerance is asked; NVIDIA GPUs only. */
  readonly agreementTf32: Agreement[]
  readonly placement: Placement[]
  readonly speed: Speed[]
  readonly together: Together[]
  readonly studies: StudyAgreement[]
  /** What was not run, and why. */
  readonly left: string[]
  readonly failures: string[]
  seconds: number
}

class CheckDevice {
  readonly #sizes: CheckSizes
  readonly #report: Report

  constructor(device: Device, quick: boolean) {
    this.#sizes = quick ? quickSizes : fullSizes
    this.#report = {
      ...{ device, quick, machine: machine(), tolerances, seconds: 0 },
      ...{
        agreement: [],
        agreementTf32: [],
        placement: [],
        speed: [],
        together: [],
        studies: [],
        left: [],
        failures: [],
      },
    }
  }

  async agreement(): Promise<Agreement[]> {
    const { agreement, device } = this.#report
    for (const options of this.#sizes.agreement)
      await this.#part(`agreement on ${options.networks.join()}`, () =>
        agreements(device, options, (one) => agreement.push(one)),
      )
    return agreement
  }

  async run(): Promise<Report> {
    const { device, quick, agreement, agreementTf32, placement, speed, studies, failures } = this.#report
    await this.agreement()
    print('Agreement with the CPU', agreementTable(agreement))
    for (const one of agreement) if (!one.agrees) failures.push(`${one.graph} does not agree with the CPU`)
    if (device === 'cuda' && process.env[tf32] === '0') {
      await this.#part('agreement with TF32', () => void agreementTf32.push(...inProcess({ device, quick, tf32: '1' })))
      print('With TF32', agreementTable(agreementTf32))
    }
    await this.#part('placement', () => void placement.push(...placements(device)))
    print('Where nodes run', placementTable(placement))
    for (const workload of this.#sizes.speed)
      for (const where of new Set<Device>([device, 'cpu']))
        await this.#part(`speed of ${workload.name} on ${where}`, () =>
          speeds(workload, where, (one) => speed.push(one)),
        )
    print('Speed', speedTable(speed))
    await this.#part(
      'two workers',
      async () => void this.#report.together.push(await together(this.#sizes.together, device)),
    )
    print('Two trainings at once', togetherTable(this.#report.together))
    for (const args of this.#sizes.studies)
      await this.#part(`study ${args.join(' ')}`, () => void studies.push(studyAgreement(args, device)))
    print('Studies', studyTable(studies))
    for (const one of studies) if (!one.sameArrows) failures.push(`study ${one.study} has other arrows than on the CPU`)
    this.#report.seconds = performance.now() / 1000
    return this.#report
  }

  /** Does one part, unless time is up. What fails is reported, and the next part begins. */
  async #part(name: string, work: () => Promise<void> | void): Promise<void> {
    if (performance.now() > 1000 * budgetSeconds) {
      this.#report.left.push(`${name}: ${budgetSeconds} s were over`)
      return
    }
    try {
      await work()
    } catch (error) {
      if (error instanceof ScoringBiasError && error.code === 'NO_DATA')
        this.#report.left.push(`${name}: ${error.message}`)
      else this.#report.failures.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
}

function machine(): Record<string, string> {
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader']
  const nvidia = spawnSync('nvidia-smi', query, { encoding: 'utf8' })
  return {
    processor: processorName(),
    ...runtimeVersions(),
    ...(nvidia.status === 0 && { nvidia: nvidia.stdout.trim() }),
  }
}

interface Asked {
  readonly device: Device
  readonly quick: boolean
  readonly tf32: '0' | '1'
}

/** Agreement in another process: NVIDIA's libraries read the environment when they are loaded. */
function inProcess({ device, quick, tf32: value }: Asked): Agreement[] {
  const folder = mkdtempSync(join(tmpdir(), 'check-device-'))
  try {
    const path = join(folder, 'agreement.json')
    const args = [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      '--device',
      device,
      '--only-agreement',
      '--json',
      path,
    ]
    const env = { ...process.env, [tf32]: value }
    const { status, stderr } = spawnSync(process.execPath, [...args, ...(quick ? ['--quick'] : [])], {
      env,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr.slice(-1000))
    return JSON.parse(readFileSync(path, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function print(title: string, table: string): void {
  console.log(`\n${title} (${(performance.now() / 1000).toFixed(0)} s)\n${table}`)
}

function agreementTable(rows: readonly Agreement[]): string {
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
  const share = ([name, difference]: [string, number]) => difference / (tolerances[name] ?? Number.NaN)
  const [first] = Object.entries(differences).sort((a, b) => share(b) - share(a))
  return first === undefined ? '–' : `${first[0]} ${first[1].toExponential(1)} of ${tolerances[first[0]]}`
}

function placementTable(rows: readonly Placement[]): string {
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

function speedTable(rows: readonly Speed[]): string {
  return columnTable(
    [
      ['graph', 'l', ({ graph }) => graph],
      ['device', 'l', ({ device }) => device],
      ['replicas', 'r', ({ replicas }) => String(replicas)],
      ['first call, ms', 'r', ({ firstMs }) => firstMs.toFixed(0)],
      ['ms a step', 'r', ({ stepMs }) => stepMs.toFixed(3)],
      ['µs a step and replica', 'r', ({ stepMs, replicas }) => ((1000 * stepMs) / replicas).toFixed(1)],
      ['process, MiB at most', 'r', ({ processMiB }) => processMiB.toFixed(0)],
      ['GPU, MiB', 'r', ({ gpuMiB }) => (gpuMiB === undefined ? '–' : String(gpuMiB))],
    ],
    rows,
  )
}

function togetherTable(rows: readonly Together[]): string {
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

function studyTable(rows: readonly StudyAgreement[]): string {
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

const { values: flags } = parseArgs({
  options: {
    device: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    'only-agreement': { type: 'boolean', default: false },
  },
})

try {
  const device = requireKnown('device', flags.device ?? '', devices)
  await tryDevice(providerOf(device))
  // Set before any of NVIDIA's libraries is loaded: products in float32, but where TF32 is asked for.
  if (device === 'cuda') process.env[tf32] ??= '0'
  const check = new CheckDevice(device, flags.quick)
  const found = flags['only-agreement'] ? await check.agreement() : await check.run()
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(found, null, 2)}\n`)
  if (!Array.isArray(found)) {
    for (const what of found.left) console.log(`not run: ${what}`)
    for (const what of found.failures) console.error(`FAILED: ${what}`)
    console.log(
      `${found.failures.length === 0 ? 'all as it should be' : 'not as it should be'}, ${found.seconds.toFixed(0)} s`,
    )
    process.exitCode = found.failures.length === 0 ? 0 : 1
  }
} catch (error) {
  if (!(error instanceof ScoringBiasError)) throw error
  console.error(`error: ${error.message}`)
  process.exitCode = error.code === 'UNKNOWN_NAME' ? 2 : 1
}
