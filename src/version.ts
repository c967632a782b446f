import { readFileSync } from 'node:fs'

/** Version of this package. */
export const version: string = readVersion()

function readVersion(): string {
  // The same place seen from src/ and from dist/.
  const file: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return file.version
}
