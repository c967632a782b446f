import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { datasetNames } from '../../src/data/datasets.js'
import { detectorNames } from '../../src/detectors/detectors.js'
import { devices } from '../../src/runtime/device.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a registry has, where its members live, and who else may name one. */
interface Registry {
  readonly what: string
  readonly names: readonly string[]
  /** The file with one line for each member. */
  readonly table: string
  /** One file for each member; what belongs to one alone may lie in a folder of its name. */
  readonly folder: string
  /** Files of the folder that are no member. */
  readonly shared: readonly string[]
  /** Other files that have a member's name in them, and why. */
  readonly allowed: Readonly<Record<string, string>>
  /** Other files that import a member, and why. */
  readonly importers?: Readonly<Record<string, string>>
}

const paper = "the paper's own tables: what it did does not grow"
const registries: readonly Registry[] = [
  {
    what: 'detectors',
    names: detectorNames,
    table: 'src/detectors/detectors.ts',
    folder: 'src/detectors/objectives',
    shared: ['objective.ts', 'objectiveDigest.ts'],
    allowed: {
      'src/paper/paperDetectors.ts': paper,
      'src/study/pairOptions.ts': 'the pair that is compared by default',
    },
    importers: {
      'src/detectors/trainPhase.ts': 'pretraining trains an autoencoder, whoever is pretrained',
      'src/models/modelPlan.ts': 'the exported model of that pretraining',
    },
  },
  {
    what: 'data sets',
    names: datasetNames,
    table: 'src/data/datasets.ts',
    folder: 'src/data/sets',
    shared: [],
    allowed: {
      'src/paper/paperItems.ts': paper,
      'src/cli/matrixCommand.ts': 'the default of the command',
      'src/cli/convergeCommand.ts': 'the default of the command',
      'src/cli/sweepCommand.ts': 'the default of the command',
    },
  },
  {
    what: 'devices',
    names: devices,
    table: 'src/runtime/providers.ts',
    folder: 'src/runtime/providers',
    shared: ['provider.ts'],
    allowed: {},
  },
]

interface SourceFile {
  readonly path: string
  /** Its string literals and the keys of its objects. */
  readonly strings: ReadonlySet<string>
  /** Paths of the files that it imports. */
  readonly imports: readonly string[]
}

function sourceFile(path: string): SourceFile {
  const parsed = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest)
  const strings = new Set<string>()
  const imports: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const { text } = node.moduleSpecifier
      if (text.startsWith('.')) imports.push(join(dirname(path), text.replace(/\.js$/, '.ts')))
    } else if (ts.isStringLiteralLike(node)) strings.add(node.text)
    else {
      if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) strings.add(node.name.text)
      ts.forEachChild(node, visit)
    }
  }
  visit(parsed)
  return { path, strings, imports }
}

const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((entry) => sourceFile(relative(root, join(entry.path, entry.name))))

for (const { what, names, table, folder, shared, allowed, importers = {} } of registries) {
  describe(`the table of ${what}`, () => {
    const members = files.filter(
      ({ path }) => dirname(path) === folder && !shared.includes(path.slice(folder.length + 1)),
    )

    it('has one line for each file of its folder, which nobody else imports', () => {
      assert.equal(members.length, names.length)
      const importing = members.map(({ path }) => files.filter((file) => file.imports.includes(path)))
      for (const one of importing) assert.ok(one.some(({ path }) => path === table))
      const others = importing.flat().filter(({ path }) => path !== table)
      assert.deepEqual(others.map(({ path }) => path).toSorted(), Object.keys(importers).toSorted())
    })

    it('is the only place beside those files that knows their names', () => {
      const knowing = files.filter(({ strings }) => names.some((name) => strings.has(name))).map(({ path }) => path)
      const elsewhere = knowing.filter((path) => !path.startsWith(`${folder}/`) && path !== table)
      assert.deepEqual(elsewhere.toSorted(), Object.keys(allowed).toSorted())
    })

    it('gives each member a file that names no other', () => {
      for (const { path, strings } of files.filter((file) => file.path.startsWith(`${folder}/`))) {
        assert.ok(names.filter((name) => strings.has(name)).length <= 1, path)
      }
    })
  })
}
