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
  /** Says for people, without a full stop, why no session opens, from ONNX Runtime's words; undefined where these have to do. */
  readonly explain?: (message: string) => string | undefined
  /**
   * All sessions of a process share one context of the device: no two threads may use it at once, for ONNX Runtime then
   * crashes; and what was compiled for it lasts as long as any session is open.
   */
  readonly sharedContext?: true
  /** Loops run on the CPU and copy to the device, in every iteration, whatever they read from outside. */
  readonly copiesCaptured?: true
}
