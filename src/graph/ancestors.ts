import type { Node, Tensor } from './tensor.js'

/** Every node that the tensors depend on, theirs included, in topological order. Loop bodies are not entered. */
export function ancestors(tensors: readonly Tensor[]): Node[] {
  const seen = new Set<Node>()
  const stack = tensors.map(({ node }) => node)
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    for (const source of node.inputs) stack.push(source.node)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}
