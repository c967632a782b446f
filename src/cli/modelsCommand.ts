import { Command } from 'commander'
import { type DecoderOutput, decoderOutputs } from '../detectors/detectorGraph.js'
import { exportModels, modelManifest } from '../models/exportModels.js'
import { modelDefaults } from '../models/modelPlan.js'
import { networkNames } from '../nn/networks.js'
import { modelsText } from '../report/detectors/modelsText.js'
import { jsonText } from '../report/jsonText.js'
import { withSchema } from '../report/schemaNames.js'
import { choice, numbers } from './flags.js'
import { type CliContext, print } from './output.js'

interface ModelsFlags {
  export?: string
  network?: string
  sample?: number[]
  decoder: DecoderOutput
  json?: true
  quiet?: true
}

/** `scoring-bias models`: lists the ONNX models of every detector on every network, and exports them. */
export function modelsCommand(context: CliContext): Command {
  const { stderr, signal } = context
  return new Command('models')
    .description('list the training and scoring graphs of every detector, and export them as ONNX models')
    .option('--export <folder>', 'write the models, their printed form and manifest.json there')
    .option('--network <network>', `only one of ${networkNames.join(', ')} (default: all)`)
    .option('--sample <shape>', 'shape of one sample, as in 36 or 1,28,28 (default: as published)', numbers)
    .addOption(choice('--decoder <activation>', 'output of the autoencoder', decoderOutputs, modelDefaults.decoder))
    .option('--json', 'print the manifest as one JSON object')
    .option('--quiet', 'do not say what was written')
    .action(async ({ export: folder, network, sample, decoder, json, quiet }: ModelsFlags) => {
      const options = { networks: network === undefined ? undefined : [network], sample, decoder }
      const exported = folder === undefined ? undefined : await exportModels(folder, { ...options, signal })
      const manifest = exported?.manifest ?? modelManifest(options)
      const text = `${json ? jsonText(withSchema('models', manifest)) : modelsText(manifest)}\n`
      // With the files there, it is their answer too.
      if (exported === undefined) await print(text, context)
      else context.stdout.write(text)
      if (exported !== undefined && !quiet) {
        stderr.write(`${manifest.models.length} models in ${folder}; files written: ${exported.written.length}.\n`)
      }
    })
}
