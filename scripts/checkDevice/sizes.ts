import type { AgreementOptions } from './agreement.js'
import type { Workload } from './speed.js'

/** How much is run. */
export interface CheckSizes {
  readonly agreement: readonly AgreementOptions[]
  readonly speed: readonly Workload[]
  readonly together: Workload
  /** Arguments of `study`. */
  readonly studies: readonly (readonly string[])[]
}

const one = { N: 24, S: 1, R: 1, B: 4 }
const few = { N: 256, S: 2, R: 2, B: 32 }
const powers = [1, 4, 16, 64, 256, 1024]

/** A minute where a GPU is played by a CPU: short sequences, small batches, few epochs. */
export const quickSizes: CheckSizes = {
  agreement: [
    { networks: ['mlp'], samples: {}, sizes: one, twice: ['mlp'] },
    { networks: ['lstm'], samples: { lstm: [2, 8] }, sizes: one, twice: [] },
    { networks: ['lenet'], samples: {}, sizes: one, twice: [] },
  ],
  speed: [{ name: 'mlp/deep-sad.train', replicas: [1, 4], batch: 32, steps: 4 }],
  together: { name: 'mlp/deep-sad.train', replicas: [1], batch: 32, steps: 4 },
  studies: [['statlog', '--runs', '5', '--epochs', '2', '--pretrain-epochs', '1']],
}

/** Ten minutes on a machine with a GPU; the published shapes. */
export const fullSizes: CheckSizes = {
  agreement: ['mlp', 'lenet', 'lstm'].map((name) => ({ networks: [name], samples: {}, sizes: few, twice: [name] })),
  speed: [
    { name: 'mlp/deep-sad.train', replicas: powers, batch: 128, steps: 50 },
    { name: 'mlp/abc.train', replicas: powers, batch: 128, steps: 50 },
    { name: 'lenet/deep-svdd.train', replicas: powers, batch: 128, steps: 4 },
    { name: 'lenet/ae.train', replicas: powers, batch: 128, steps: 4 },
    { name: 'lstm/deep-svdd.train', replicas: powers, batch: 128, steps: 1 },
    { name: 'lstm/ae.train', replicas: powers, batch: 128, steps: 1 },
  ],
  together: { name: 'lenet/ae.train', replicas: [1], batch: 128, steps: 4 },
  studies: [
    ['statlog'],
    ['fashion-mnist', '--share', '0.04', '--runs', '1', '--epochs', '8', '--pretrain-epochs', '2'],
  ],
}
