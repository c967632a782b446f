import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Device } from '../../src/runtime/device.js'
import type { Agreement } from './agreement.js'
import type { Outcome } from './report.js'

/** What NVIDIA's libraries read, once, as they are loaded: 0 forbids products in TF32. */
export const tf32 = 'NVIDIA_TF32_OVERRIDE'

/** Whether products of this process on a device are in float32, of which tolerances are asked. */
export function isFloat32(device: Device, env: NodeJS.ProcessEnv = process.env): boolean {
  return device !== 'cuda' || env[tf32] === '0'
}

/** What a process finds that does the agreement alone. */
export interface AgreementReport extends Outcome {
  readonly agreement: readonly Agreement[]
}

/**
 * Agreement in a process of its own, since this one leaves the variable as the user has it.
 * Throws what the process printed where it does not say what it found.
 *
 * @param command of the program and its flags, without `--json`
 */
export function agreementWith(value: '0' | '1', command: readonly string[]): AgreementReport {
  const folder = mkdtempSync(join(tmpdir(), 'check-device-'))
  try {
    const path = join(folder, 'agreement.json')
    const env = { ...process.env, [tf32]: value }
    const args = [...process.execArgv, ...command, '--only-agreement', '--json', path]
    const { status, signal, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
    if (!existsSync(path))
      throw new Error(`its process ended with ${signal ?? `exit code ${status}`}: ${stderr.slice(-1000)}`)
    return readAgreement(readFileSync(path, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** JSON has no word for a difference that is not a number. */
export function readAgreement(json: string): AgreementReport {
  const found: AgreementReport = JSON.parse(json)
  const finite = ({ differences }: Agreement) =>
    Object.fromEntries(Object.entries(differences).map(([name, each]) => [name, each ?? Number.NaN]))
  return { ...found, agreement: found.agreement.map((one) => ({ ...one, differences: finite(one) })) }
}

/** Adds what a process left out or found wrong to what this one did. */
export function addOutcome(to: Outcome, from: Outcome, name: string): void {
  for (const key of ['left', 'beyond', 'failures'] as const)
    to[key].push(...from[key].map((what) => `${name}: ${what}`))
}
