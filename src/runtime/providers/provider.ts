/** A device that graphs run on, as an execution provider of ONNX Runtime. */
export interface Provider<Name extends string = string> {
  /** Name in options, files and stores. */
  readonly name: Name
  /** Name in messages and reports. */
  readonly title: string
  /** Whether it is there, as far as can be told without opening a session. */
  readonly installed: () => boolean
  /** What it adds to a session's options. */
  readonly sessionOptions: () => { readonly executionProviders: readonly (string | { readonly name: string })[] }
  /** The sentence that says how to get it, without its full stop. Absent: it is always there. */
  readonly missing?: string
}
