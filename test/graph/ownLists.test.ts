import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { declare } from '../../src/nn/parameters.js'
import * as g from '../../src/rooms/graph.js'
import { lenet, lstmNet, lstmStack } from '../../src/rooms/nn.js'
import { evaluate } from './evaluate.js'

/** A matrix of 2 × 3, and its elements from 1 to 6. */
function matrix() {
  const x = g.input('x', 'float32', [2, 3])
  return { x, given: [{ tensor: x, dims: [2, 3], data: [1, 2, 3, 4, 5, 6] }] }
}

describe('a list that the caller changes later has no effect on', () => {
  const cases: Readonly<Record<string, (x: g.Tensor) => { y: g.Tensor; spoil: () => unknown; wanted: number[] }>> = {
    'axes of a sum': (x) => {
      const axes = [0]
      return { y: g.sum(x, axes), spoil: () => axes.fill(1), wanted: [5, 7, 9] }
    },
    'sizes of a split': (x) => {
      const sizes = [1, 2]
      return { y: at(g.split(x, 1, sizes), 0), spoil: () => sizes.reverse(), wanted: [1, 4] }
    },
    'a permutation': (x) => {
      const permutation = [1, 0]
      return { y: g.transpose(x, permutation), spoil: () => permutation.reverse(), wanted: [1, 4, 2, 5, 3, 6] }
    },
    'the shape of a reshape': (x) => {
      const shape = [3, 2]
      const y = g.transpose(g.reshape(x, shape), [1, 0])
      return { y, spoil: () => shape.reverse(), wanted: [1, 3, 5, 2, 4, 6] }
    },
    'elements of a constant': (x) => {
      const elements = [1, 2, 3]
      return {
        y: g.add(x, g.constant(elements, 'float32', [3])),
        spoil: () => elements.fill(9),
        wanted: [2, 4, 6, 5, 7, 9],
      }
    },
    'elements of a constant in a typed array': (x) => {
      const elements = Float32Array.of(1, 2, 3)
      return {
        y: g.add(x, g.constant(elements, 'float32', [3])),
        spoil: () => elements.fill(9),
        wanted: [2, 4, 6, 5, 7, 9],
      }
    },
    'the shape of a constant': (x) => {
      const shape = [3]
      return {
        y: g.add(x, g.constant([1, 2, 3], 'float32', shape)),
        spoil: () => shape.fill(9),
        wanted: [2, 4, 6, 5, 7, 9],
      }
    },
    'tensors to join': (x) => {
      const parts = [x, x]
      return { y: g.sum(g.concat(parts, 0), [1]), spoil: () => parts.pop(), wanted: [6, 15, 6, 15] }
    },
    'parts of a split': (x) => {
      const parts = g.split(x, 0, [1, 1]) as unknown as g.Tensor[]
      const y = at(parts, 0)
      return { y, spoil: () => parts.reverse(), wanted: [1, 2, 3] }
    },
  }
  for (const [what, make] of Object.entries(cases)) {
    it(what, async () => {
      const { x, given } = matrix()
      const { y, spoil, wanted } = make(x)
      spoil()
      assert.deepEqual((await evaluate(given, { y })).y, wanted)
    })
  }

  it('the shape of an input', () => {
    const shape: g.Dim[] = ['N', 3]
    const x = g.input('x', 'float32', shape)
    shape.reverse()
    assert.deepEqual(x.shape, ['N', 3])
    assert.throws(() => (x.shape as g.Dim[]).reverse(), TypeError)
  })

  it('layers and networks', () => {
    const hidden = [4, 3]
    const stack = lstmStack('l', hidden)
    hidden.fill(9)
    assert.deepEqual(declare(stack, [5, 2]).output.slice(2), [5, 3])
    const [steps, image] = [[5, 2] as [number, number], [1, 8, 8] as [number, number, number]]
    const networks = [lstmNet(steps), lenet({ sample: image })]
    steps.fill(9)
    image.fill(9)
    assert.deepEqual(
      networks.map(({ sample }) => sample),
      [
        [5, 2],
        [1, 8, 8],
      ],
    )
  })
})

describe('what is given in a list may be put in another order, and is what it was, with the derivative of that', () => {
  it('parts of a split', async () => {
    const { x, given } = matrix()
    const y = g.concat((g.split(x, 1, [1, 1, 1]) as unknown as g.Tensor[]).reverse(), 1)
    const [dx] = g.gradients(g.sum(g.mul(y, g.constant([1, 10, 100], 'float32', [3])), [0, 1]), [x])
    const found = await evaluate(given, { y, dx: dx as g.Tensor })
    assert.deepEqual(found, { y: [3, 2, 1, 6, 5, 4], dx: [100, 10, 1, 100, 10, 1] })
  })

  it('slices, states of a loop and stated derivatives', async () => {
    const { x, given } = matrix()
    const [twice, more] = [
      ...(g.mapSlices([x], ([row]) => [g.add(row, 1), g.mul(row, 2)]) as unknown as g.Tensor[]),
    ].reverse()
    const inputs = [x]
    const mapped = g.mapSlices(inputs, ([row]) => [g.mul(row as g.Tensor, 3)])
    inputs.pop()
    const [dx] = g.gradients(g.sum(mapped[0], [0, 1]), [x])
    const step = { states: [] as g.Tensor[], outputs: [] as g.Tensor[] }
    const { outputs } = g.scan([], [x], (_, [row]) => {
      step.outputs.push(row, g.neg(row))
      return step
    })
    step.outputs.reverse()
    const found = await evaluate(given, { twice, more, dx, negated: outputs[1] } as Record<string, g.Tensor>)
    assert.deepEqual(found, {
      twice: [2, 4, 6, 8, 10, 12],
      more: [2, 3, 4, 5, 6, 7],
      dx: [3, 3, 3, 3, 3, 3],
      negated: [-1, -2, -3, -4, -5, -6],
    })
  })
})

it('reshape moves any number of named sizes', async () => {
  const x = g.input('x', 'float32', [2, 'T', 'B'])
  const y = g.reshape(x, ['T', 1, 'B', 2])
  const z = g.reshape(g.add(x, 1), [2, 1, 'T', 'B'])
  const data = Array.from({ length: 12 }, (_, i) => i)
  const shaped = { y: g.sum(y, [2]), z: g.sum(z, [2]) }
  const found = await evaluate([{ tensor: x, dims: [2, 3, 2], data }], shaped)
  assert.deepEqual(found, { y: [2, 4, 10, 12, 18, 20], z: [9, 12, 27, 30] })
})

it('gather names take, which has a derivative', () => {
  const { x } = matrix()
  const rows = g.gather(x, g.constant([1], 'int64', [1]))
  assert.throws(() => g.gradients(g.sum(rows, [0, 1]), [x]), {
    code: 'NOT_DIFFERENTIABLE',
    message: 'gather has no derivative here: take the elements by their row-major positions (take)',
  })
})
