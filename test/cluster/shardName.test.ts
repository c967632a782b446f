import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Environment, shardOf } from '../../src/cluster/shardName.js'

const slurm = (id: number, min: number, count: number, step?: number): Environment => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  ...(step !== undefined && { SLURM_ARRAY_TASK_STEP: `${step}` }),
})

describe('--shard', () => {
  it('is a number of how many', () => {
    assert.deepEqual(shardOf('3/20', {}), { index: 3, count: 20 })
    assert.deepEqual(shardOf('1/1', {}), { index: 1, count: 1 })
  })

  it('auto counts the jobs of every scheduler from where that scheduler begins', () => {
    const cases: [string, Environment, [number, number]][] = [
      // --array=0-19, --array=1-20, --array=5-24, --array=0-38:2
      ['auto', slurm(0, 0, 20), [1, 20]],
      ['auto', slurm(19, 0, 20), [20, 20]],
      ['auto', slurm(1, 1, 20), [1, 20]],
      ['auto', slurm(20, 1, 20, 1), [20, 20]],
      ['auto', slurm(7, 5, 20), [3, 20]],
      ['auto', slurm(38, 0, 20, 2), [20, 20]],
      ['auto', { ...slurm(3, 1, 20), SLURM_ARRAY_TASK_MAX: '20' }, [3, 20]],
      ['auto', { ...slurm(4, 0, 20, 2), SLURM_ARRAY_TASK_MAX: '38' }, [3, 20]],
      ['auto/20', slurm(20, 1, 20), [20, 20]],
      ['auto/20', { JOB_COMPLETION_INDEX: '0' }, [1, 20]],
      ['auto/20', { JOB_COMPLETION_INDEX: '19' }, [20, 20]],
      ['auto', { JOB_COMPLETION_INDEX: '19', JOB_COMPLETIONS: '20' }, [20, 20]],
      ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '20' }, [1, 20]],
      ['auto/20', { AWS_BATCH_JOB_ARRAY_INDEX: '19' }, [20, 20]],
      ['auto/20', { PARALLEL_SEQ: '1' }, [1, 20]],
      ['auto/20', { PARALLEL_SEQ: '20' }, [20, 20]],
    ]
    for (const [text, environment, [index, count]] of cases) {
      assert.deepEqual(shardOf(text, environment), { index, count }, `${text} ${JSON.stringify(environment)}`)
    }
  })

  it('refuses what is no shard, naming it and the way out', () => {
    const cases: [string, Environment, RegExp][] = [
      ['0/3', {}, /^--shard 0\/3 is out of range\. Shards of 3 are 1\/3 to 3\/3$/],
      ['4/3', {}, /^--shard 4\/3 is out of range/],
      ['1/0', {}, /There must be at least one shard$/],
      ...['1.5/3', '3', '3/', '/3', '-1/3', 'a/b', '', '1/3/5', 'auto/', 'auto/x', 'auto/2.5'].map(
        (text): [string, Environment, RegExp] => [
          text,
          {},
          /' is no shard\. Give its number and how many there are, as in/,
        ],
      ),
      ['auto', {}, /none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, PARALLEL_SEQ is set/],
      [
        'auto',
        { JOB_COMPLETION_INDEX: '3' },
        /^Kubernetes does not say how many jobs there are\. .* --shard auto\/20$/,
      ],
      ['auto', { PARALLEL_SEQ: '3' }, /^GNU parallel does not say how many jobs there are/],
      ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '3' }, /^AWS Batch does not say how many/],
      ['auto/20', { PARALLEL_SEQ: '21' }, /^PARALLEL_SEQ=21 of GNU parallel, counted from 1, is out of range/],
      [
        'auto/20',
        { JOB_COMPLETION_INDEX: '20' },
        /^JOB_COMPLETION_INDEX=20 of Kubernetes, counted from 0, is out of range/,
      ],
      // A job that is sent again alone, --array=7: the first of one, which it must not be taken for.
      [
        'auto/20',
        slurm(7, 7, 1),
        /^--shard auto\/20 is for 20 jobs, and SLURM_ARRAY_TASK_COUNT of Slurm is 1\. Give the shard itself/,
      ],
      // --array=1,2,9, in each of its jobs; of an old Slurm, which does not say the last, in one.
      ...[1, 2, 9].map((id): [string, Environment, RegExp] => [
        'auto',
        { ...slurm(id, 1, 3, 1), SLURM_ARRAY_TASK_MAX: '9' },
        /^the array of Slurm has gaps: 3 jobs from 1 to 9 in steps of 1\. Give the shard itself, as in --shard \$SLURM_ARRAY_TASK_ID\/20$/,
      ]),
      [
        'auto',
        slurm(9, 1, 3),
        /^SLURM_ARRAY_TASK_ID=9 of Slurm, counted from 1, is out of range\. .*\. Give the shard/,
      ],
      ['auto', slurm(3, 0, 3, 2), /is 3, which is none of 0, 2, …/],
      [
        'auto',
        { SLURM_ARRAY_TASK_ID: 'x', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '0' },
        /is 'x', not a whole number/,
      ],
      [
        'auto',
        { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '3' },
        /^SLURM_ARRAY_TASK_MIN of Slurm is not set\. Give/,
      ],
      [
        'auto/4',
        { ...slurm(1, 1, 4), PARALLEL_SEQ: '2' },
        /^--shard auto is ambiguous: SLURM_ARRAY_TASK_ID of Slurm and PARALLEL_SEQ of GNU parallel are set\. Give the shard itself/,
      ],
    ]
    for (const [text, environment, message] of cases)
      assert.throws(() => shardOf(text, environment), { code: 'OUT_OF_RANGE', message }, text)
  })
})
