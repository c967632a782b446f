// Writes docs/options.md, the options of every public function as tables, from their declarations: npm run options.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { filesIn, root } from './run.mjs'

const rooms = [
  ['scoring-bias', 'src/index.ts'],
  ...filesIn('src/rooms')
    .sort()
    .map((path) => [`scoring-bias/${path.slice('src/rooms/'.length, -'.ts'.length)}`, path]),
]

const cell = (text) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').trim()
/** Of a doc comment: its links as code. */
const words = (symbol, checker) =>
  symbol
    .getDocumentationComment(checker)
    .map(({ text, kind }) => (kind === 'link' ? '' : kind.startsWith('link') ? `\`${text.trim()}\`` : text))
    .join('')

/** The functions of a room that end with some options, by the name of these. */
function usersOf(symbols, checker) {
  const users = new Map()
  for (const symbol of symbols) {
    const [call] = checker.getTypeOfSymbol(symbol).getCallSignatures()
    const last = call?.getParameters().at(-1)
    if (last === undefined) continue
    const type = checker.getNonNullableType(checker.getTypeOfSymbol(last))
    const name = (type.aliasSymbol ?? type.symbol)?.name
    users.set(name, [...(users.get(name) ?? []), symbol.name])
  }
  return users
}

function rowOf(property, checker, node) {
  const type = checker.typeToString(
    checker.getTypeOfSymbolAtLocation(property, node),
    node,
    ts.TypeFormatFlags.NoTruncation,
  )
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
  const short = type.replace(/ \| undefined\b|import\("[^"]*"\)\.|<ArrayBufferLike>/g, '')
  const shown = `\`${cell(short).replaceAll('&lt;', '<')}\``
  return `| \`${property.name}\` | ${shown} | ${isOptional ? '' : 'Required. '}${cell(words(property, checker))} |`
}

/** The page; a room has each of its options once. */
export function optionsPage() {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  )
  const program = ts.createProgram(
    rooms.map(([, path]) => join(root, path)),
    { ...options, noEmit: true },
  )
  const checker = program.getTypeChecker()
  const parts = rooms.map(([room, path]) => {
    const source = program.getSourceFile(join(root, path))
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source))
    const symbols = exported.map((one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one))
    const users = usersOf(symbols, checker)
    const tables = symbols
      .filter(({ name, flags }) => name.endsWith('Options') && users.has(name) && flags & ts.SymbolFlags.Type)
      .map((symbol) => {
        const type = checker.getDeclaredTypeOfSymbol(symbol)
        const rows = checker.getPropertiesOfType(type).map((property) => rowOf(property, checker, source))
        const functions = users.get(symbol.name).map((name) => `\`${name}\``)
        return `### ${functions.join(', ')}\n\n| option | type | what |\n|---|---|---|\n${rows.join('\n')}\n`
      })
    return tables.length === 0 ? '' : `## ${room}\n\n${tables.join('\n')}`
  })
  const head = `# Options

The options of every public function, with defaults and bounds, by room. Every one that is not called required may be left out. An option that a
function does not have is refused; the message suggests a name that is near. \`npm run options\`, in a clone, writes this page from the declarations.

`
  return `${head}${parts.filter((part) => part !== '').join('\n')}`
}

if (process.argv[1] === join(root, 'scripts', 'options.mjs'))
  writeFileSync(join(root, 'docs', 'options.md'), optionsPage())
