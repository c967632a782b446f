import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

// A cluster of this machine alone: Debian's munge, slurmctld and slurmd, in a folder of their own.

const programs = ['munged', 'mungekey', 'slurmctld', 'slurmd', 'sbatch']
const missing = programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
const { uid, username } = userInfo()

/** Why Slurm is not started here, or false. With REQUIRE_SLURM=1 it is: it fails where it cannot. */
export const skip =
  (missing.length > 0 || uid !== 0) && process.env.REQUIRE_SLURM !== '1'
    ? 'no Slurm, or not root; `apt-get install slurmctld slurmd slurm-client munge` brings it'
    : false

/** Starts the daemons and gives the variables with which `sbatch` finds them, until `use` is done. */
export async function withSlurm<T>(use: (environment: Record<string, string>) => Promise<T>): Promise<T> {
  assert.deepEqual(missing, [], 'REQUIRE_SLURM is set')
  const folder = mkdtempSync(join(tmpdir(), 'slurm-'))
  chmodSync(folder, 0o755)
  const at = (name: string) => join(folder, name)
  for (const name of ['state', 'spool']) mkdirSync(at(name))
  const host = hostname().split('.')[0] ?? ''
  const [controller, node] = [20_000 + (process.pid % 10_000), 30_000 + (process.pid % 10_000)]
  writeFileSync(
    at('slurm.conf'),
    [
      'ClusterName=one',
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${controller}`,
      `SlurmUser=${username}`,
      `SlurmdUser=${username}`,
      'AuthType=auth/munge',
      `AuthInfo=socket=${at('munge.socket')}`,
      `StateSaveLocation=${at('state')}`,
      `SlurmdSpoolDir=${at('spool')}`,
      `SlurmctldPidFile=${at('slurmctld.pid')}`,
      `SlurmdPidFile=${at('slurmd.pid')}`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'MpiDefault=none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_Core',
      'ReturnToService=2',
      `NodeName=${host} NodeAddr=127.0.0.1 Port=${node} CPUs=${cpus().length} State=UNKNOWN`,
      `PartitionName=all Nodes=${host} Default=YES State=UP`,
      '',
    ].join('\n'),
  )
  const environment = { SLURM_CONF: at('slurm.conf') }
  const env = { ...process.env, ...environment }
  assert.equal(spawnSync('mungekey', ['--create', `--keyfile=${at('munge.key')}`]).status, 0)
  const files = ['key', 'socket', 'pid', 'log', 'seed'].map((name) => `--${name}-file=${at(`munge.${name}`)}`)
  const daemons = [
    spawn('munged', ['--foreground', '--force', ...files.map((flag) => flag.replace('--socket-file', '--socket'))], {
      env,
      stdio: 'ignore',
    }),
    spawn('slurmctld', ['-D'], { env, stdio: 'ignore' }),
    spawn('slurmd', ['-D'], { env, stdio: 'ignore' }),
  ]
  try {
    for (;;) {
      const { stdout } = spawnSync('sinfo', ['--noheader', '--format=%t'], { env, encoding: 'utf8', timeout: 10_000 })
      if (stdout.trim() === 'idle') break
      const ended = daemons.find(({ exitCode }) => exitCode !== null)
      assert.equal(ended, undefined, `${ended?.spawnfile} ended`)
      await setTimeout(200)
    }
    return await use(environment)
  } finally {
    const exits = daemons.map(
      (daemon) => new Promise((resolve) => (daemon.exitCode === null ? daemon.once('exit', resolve) : resolve(0))),
    )
    for (const daemon of daemons) daemon.kill()
    await Promise.all(exits)
    rmSync(folder, { recursive: true, force: true })
  }
}
