import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

// What the declaration of a public name names is public too: a type that users meet in options, fields, parameters and results is exported from a
// room. The reference and editors show the fields of a base with the type's own, so a base need not be; the types of its fields are.

const root = fileURLToPath(new URL('../../', import.meta.url))
const rooms = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports)
  .filter((path) => /^\.(\/\w+)?$/.test(path))
  .map((path) => join(root, 'src', path === '.' ? 'index.ts' : `rooms${path.slice(1)}.ts`))

/** Types that are not exported though they are named, and why. */
const notExported: Record<string, string> = {
  Each: 'a list with one of each: the compiler works it out',
  Like: 'the same, of tensors',
  Tensors: 'a list of tensors',
  EnumName: 'names in a list of names: the compiler works them out',
  Node: 'what a tensor is made by is nobody else’s to read',
  DuckdbStore: 'of a field that `TrainByQueueOptions` leaves out of its base',
  Pool: 'of the constructor of a class that only `loadDetector` makes',
  RemoteSession: 'of the same constructor',
}

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
)
const program = ts.createProgram(rooms, { ...options, noEmit: true })
const checker = program.getTypeChecker()

const meant = (symbol: ts.Symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)

/** What the rooms export. */
const exported = new Set(
  rooms.flatMap((room) => {
    const file = program.getSourceFile(room) ?? assert.fail(room)
    const module = checker.getSymbolAtLocation(file) ?? assert.fail(room)
    return checker.getExportsOfModule(module).map(meant)
  }),
)

const isOurs = (symbol: ts.Symbol) =>
  symbol.declarations?.some((one) => one.getSourceFile().fileName.startsWith(join(root, 'src'))) === true &&
  (symbol.flags & ts.SymbolFlags.TypeParameter) === 0

/** The types that a declaration names, its bodies left out; bases that are not exported count as what they declare. */
function* typesNamed(node: ts.Node, seen = new Set<ts.Symbol>()): Generator<ts.Symbol> {
  if (ts.isBlock(node) || ts.isPrivateIdentifier(node)) return
  if (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)) return
  // Of a constant its type counts, not what computes it.
  if (ts.isVariableDeclaration(node)) {
    if (node.type !== undefined) yield* typesNamed(node.type, seen)
    return
  }
  const name = ts.isTypeReferenceNode(node)
    ? node.typeName
    : ts.isExpressionWithTypeArguments(node)
      ? node.expression
      : undefined
  const found = name && checker.getSymbolAtLocation(name)
  if (found !== undefined && isOurs(meant(found))) {
    const symbol = meant(found)
    if (!isOfBase(node)) yield symbol
    else if (!exported.has(symbol) && !seen.has(symbol)) {
      seen.add(symbol)
      for (const declaration of symbol.declarations ?? []) yield* typesNamed(declaration, seen)
    }
  }
  for (const child of childrenOf(node)) yield* typesNamed(child, seen)
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    children.push(child)
  })
  return children
}

/** Whether a type is what an interface extends, or what `Pick` and the like take of it. */
function isOfBase(node: ts.Node): boolean {
  if (ts.isHeritageClause(node.parent)) return true
  const isTaken = ts.isExpressionWithTypeArguments(node.parent) && node.parent.typeArguments?.[0] === node
  return isTaken && ts.isHeritageClause(node.parent.parent)
}

describe('a type that the declaration of a public name names', () => {
  const named = new Map<string, string>()
  for (const symbol of exported)
    for (const declaration of symbol.declarations ?? [])
      for (const type of typesNamed(declaration))
        if (!exported.has(type)) named.set(type.name, `${type.name}, which ${symbol.name} names`)

  it('is exported from a room', () => {
    assert.deepEqual(
      [...named].filter(([name]) => !(name in notExported)).map(([, what]) => what),
      [],
    )
  })

  it('is among those that need not be only where it is named', () => {
    assert.deepEqual(
      Object.keys(notExported).filter((name) => !named.has(name)),
      [],
    )
  })

  it('is what docs/options.md refers to', () => {
    const page = readFileSync(join(root, 'docs', 'options.md'), 'utf8')
    const names = new Set([...exported].map(({ name }) => name))
    const seen = Array.from(page.matchAll(/\bsee `(\w+)`/g), ([, name = '']) => name)
    assert.ok(seen.length > 10)
    assert.deepEqual(
      seen.filter((name) => !names.has(name)),
      [],
    )
  })
})
