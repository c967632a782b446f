import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

/** Debian's python3 first: another one in the path need not see Debian's packages. */
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import onnx']).status === 0)

/** Why tests with onnx's own checker are skipped; false where they run, or must fail because it was promised. */
export const skip =
  python === undefined && process.env.REQUIRE_ONNX_CHECKER !== '1'
    ? "no Python with the onnx package; `apt-get install python3-onnx` brings onnx's own checker"
    : false

/** Runs a Python that has the onnx package. */
export function onnxPython(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  assert.ok(python !== undefined, 'REQUIRE_ONNX_CHECKER is set, and no Python with the onnx package was found')
  return spawnSync(python, args, { encoding: 'utf8' })
}
