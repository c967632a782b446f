// What a device does, beside the CPU: npm run check:device -- --device cuda [--quick] [--json PATH]. See docs/gpu.md.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ScoringBiasError } from '../src/errors.js'
import type { Device } from '../src/runtime/device.js'
import { providerOf } from '../src/runtime/providers.js'
import { tryDevice } from '../src/runtime/tryDevice.js'
import { processorName, runtimeVersions } from '../src/version.js'
import { type Agreement, agreements, disagreements, tolerances } from './checkDevice/agreement.js'
import { type Flags, readFlags, usage } from './checkDevice/flags.js'
import { misplaced, placements } from './checkDevice/placement.js'
import { type DoPart, partsWithin, type Report, verdictOf } from './checkDevice/report.js'
import { type CheckSizes, fullSizes, quickSizes } from './checkDevice/sizes.js'
import { speeds, together } from './checkDevice/speed.js'
import { studyAgreement } from './checkDevice/studies.js'
import { agreementTable, placementTable, print, speedTable, studyTable, togetherTable } from './checkDevice/tables.js'
import { addOutcome, agreementWith, isFloat32, tf32 } from './checkDevice/tf32.js'

class CheckDevice {
  readonly #flags: Flags
  readonly #sizes: CheckSizes
  readonly #part: DoPart
  readonly #report: Report

  constructor(flags: Flags) {
    const { device, quick, seconds } = flags
    this.#flags = flags
    this.#sizes = quick ? quickSizes : fullSizes
    this.#report = {
      ...{ device, quick, machine: machine(device), tolerances, agreement: [], agreementTf32: [], studies: [] },
      ...{
        placement: [],
        speed: [],
        processMiB: undefined,
        together: [],
        left: [],
        beyond: [],
        failures: [],
        seconds: 0,
      },
    }
    this.#part = partsWithin(seconds, this.#report)
  }

  /** What matters first comes first, for time may be up. */
  async run(): Promise<Report> {
    const { device, agreement, agreementTf32 } = this.#report
    // All else runs with the variable as the user has it.
    if (device === 'cuda') await this.#agreementOfProcess('0', 'agreement without TF32', agreement)
    else await this.#ownAgreement()
    print('Agreement with the CPU', agreementTable(agreement))
    await this.#studies()
    await this.#placement()
    if (device === 'cuda') {
      await this.#agreementOfProcess('1', 'agreement with TF32', agreementTf32)
      print('With TF32', agreementTable(agreementTf32))
    }
    await this.#speed()
    await this.#together()
    return this.#done()
  }

  async onlyAgreement(): Promise<Report> {
    await this.#ownAgreement()
    print('Agreement with the CPU', agreementTable(this.#report.agreement))
    return this.#done()
  }

  #done(): Report {
    this.#report.seconds = performance.now() / 1000
    return this.#report
  }

  async #ownAgreement(): Promise<void> {
    const { agreement, device, failures } = this.#report
    for (const options of this.#sizes.agreement)
      await this.#part(`agreement on ${options.networks.join()}`, () =>
        agreements(device, options, { part: this.#part, onGraph: (one) => void agreement.push(one) }),
      )
    failures.push(...disagreements(agreement, isFloat32(device)))
  }

  async #agreementOfProcess(value: '0' | '1', name: string, rows: Agreement[]): Promise<void> {
    const { device, quick, seconds } = this.#flags
    await this.#part(name, () => {
      const left = seconds - performance.now() / 1000
      const limit = Number.isFinite(left) ? ['--seconds', String(Math.max(0, Math.ceil(left)))] : []
      const flags = ['--device', device, ...(quick ? ['--quick'] : []), ...limit]
      const found = agreementWith(value, [fileURLToPath(import.meta.url), ...flags])
      rows.push(...found.agreement)
      addOutcome(this.#report, found, name)
    })
  }

  async #studies(): Promise<void> {
    const { device, studies, failures } = this.#report
    for (const args of this.#sizes.studies)
      await this.#part(`study ${args.join(' ')}`, async () => void studies.push(await studyAgreement(args, device)))
    print(`Studies${this.#asSet()}`, studyTable(studies))
    for (const one of studies) if (!one.sameArrows) failures.push(`study ${one.study} has other arrows than on the CPU`)
  }

  async #placement(): Promise<void> {
    const { device, placement, failures } = this.#report
    await placements(device, this.#part, (one) => void placement.push(one))
    print('Where nodes run', placementTable(placement))
    failures.push(...placement.flatMap((one) => misplaced(one, device)))
  }

  async #speed(): Promise<void> {
    const { device, speed, beyond } = this.#report
    for (const workload of this.#sizes.speed)
      for (const where of new Set<Device>([device, 'cpu'])) {
        const name = `speed of ${workload.name} on ${where}`
        await this.#part(name, async () => {
          const notTried = await speeds(workload, where, (one) => void speed.push(one))
          beyond.push(...notTried.map((what) => `${name}: ${what}`))
        })
      }
    this.#report.processMiB = process.resourceUsage().maxRSS / 1024
    print(`Speed${this.#asSet()}`, speedTable(speed))
    console.log(`memory of this process so far, all parts together: ${this.#report.processMiB.toFixed(0)} MiB at most`)
  }

  async #together(): Promise<void> {
    const { device, together: rows } = this.#report
    await this.#part('two workers', async () => void rows.push(await together(this.#sizes.together, device)))
    print('Two trainings at once', togetherTable(rows))
  }

  /** Which products a user gets. */
  #asSet(): string {
    return this.#report.device === 'cuda' ? `, with ${tf32} as it is: ${process.env[tf32] ?? 'not set'}` : ''
  }
}

function machine(device: Device): Record<string, string> {
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader']
  const nvidia = spawnSync('nvidia-smi', query, { encoding: 'utf8' })
  return {
    processor: processorName(),
    ...runtimeVersions(),
    ...(nvidia.status === 0 && { nvidia: nvidia.stdout.trim() }),
    ...(device === 'cuda' && { [tf32]: process.env[tf32] ?? 'not set' }),
  }
}

async function check(flags: Flags): Promise<void> {
  await tryDevice(providerOf(flags.device))
  const checked = new CheckDevice(flags)
  const found = flags.onlyAgreement ? await checked.onlyAgreement() : await checked.run()
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(found, null, 2)}\n`)
  for (const what of found.beyond) console.log(`not on this machine: ${what}`)
  for (const what of found.left) console.log(`not run: ${what}`)
  for (const what of found.failures) console.error(`FAILED: ${what}`)
  const { words, exitCode } = verdictOf(found)
  console.log(`${words}, ${found.seconds.toFixed(0)} s`)
  process.exitCode = exitCode
}

/** The flags; undefined where help or what is wrong was printed. */
function flagsOf(args: readonly string[]): Flags | undefined {
  try {
    const flags = readFlags(args)
    if (flags === undefined) console.log(usage)
    return flags
  } catch (error) {
    if (!(error instanceof ScoringBiasError)) throw error
    console.error(`error: ${error.message}\n\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}

try {
  const flags = flagsOf(process.argv.slice(2))
  if (flags !== undefined) await check(flags)
} catch (error) {
  if (!(error instanceof ScoringBiasError)) throw error
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}
