import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { abortSignal, entryOf, folderPath, type OptionChecks, requireOptions } from '../check.js'
import { makeFolder, writeFileAtomic } from '../writeFile.js'
import { emitModel } from './emitModel.js'
import { type ModelManifest, manifestOf, modelFiles } from './manifest.js'
import { type ModelOptions, modelChecks, modelPlans } from './modelPlan.js'

export interface ExportOptions extends ModelOptions {
  readonly signal?: AbortSignal | undefined
}

const exportChecks: OptionChecks<ExportOptions> = { ...modelChecks, signal: abortSignal }

/** What {@link exportModels} wrote. */
export interface ModelExport {
  readonly manifest: ModelManifest
  /** Files whose contents changed, relative to the folder; the others were already what they should be. */
  readonly written: readonly string[]
}

/**
 * The manifest of the models of every detector on every network: inputs, outputs, settings, layout of the parameters, size
 * and SHA-256. Writes nothing. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `SHAPE_MISMATCH`, `OUT_OF_RANGE`.
 */
export function modelManifest(options: ModelOptions = {}): ModelManifest {
  return manifestOf(modelPlans(options).map(emitModel))
}

/**
 * Writes the training and scoring graphs of every detector on every network into a folder, as ONNX models for any
 * runtime, with their printed form and `manifest.json`. Equal options give equal bytes. Each file is replaced whole, and
 * only if it differs; the manifest is written last, and files that are none of these are left alone.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `BAD_FILE`, `ABORTED`.
 */
export async function exportModels(folder: string, options: ExportOptions = {}): Promise<ModelExport> {
  folderPath('folder', folder)
  const { signal, ...model } = requireOptions('exportModels', options, exportChecks)
  const models = modelPlans(model).map(emitModel)
  const files = modelFiles(models)
  const stale = await staleIn(folder, files)
  for (const path of stale) {
    const target = join(folder, path)
    await makeFolder(dirname(target))
    await writeFileAtomic(target, entryOf(files, path), { signal })
  }
  return { manifest: manifestOf(models), written: stale }
}

/** How a folder differs from what it should hold: files missing or of other bytes, and files that do not belong. */
export async function compareFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<{ readonly stale: readonly string[]; readonly foreign: readonly string[] }> {
  const stale = await staleIn(folder, files)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
  return { stale, foreign: paths.filter((path) => !files.has(path)).sort() }
}

/** Files that are missing or of other bytes. */
async function staleIn(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<string[]> {
  const stale: string[] = []
  for (const [path, contents] of files) {
    const found = await readFile(join(folder, path)).catch(() => undefined)
    if (found === undefined || !found.equals(contents)) stale.push(path)
  }
  return stale
}
