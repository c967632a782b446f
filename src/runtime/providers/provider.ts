/** What keeps a device from being used, for people, without full stops. */
export interface Obstacle {
  /** It completes `device 'cuda' cannot be used:`. */
  readonly why: string
  /** The sentence that says what helps against just that. Absent: nothing is known to but another device. */
  readonly way?: string
}

/** A device that graphs run on, as an execution provider of ONNX Runtime. */
export interface Provider<Name extends string = string> {
  /** Name in options, files and stores. */
  readonly name: Name
  /** Name in messages and reports. */
  readonly title: string
  /** What it adds to a session's options. */
  readonly sessionOptions: () => { readonly executionProviders: readonly (string | { readonly name: string })[] }
  /** What of it is not there, as far as can be told without opening a session. Absent: it is always there. */
  readonly absence?: () => Obstacle | undefined
  /** What keeps a session from opening or running, from ONNX Runtime's words; undefined where these have to do. */
  readonly explain?: (message: string) => Obstacle | undefined
  /**
   * All sessions of a process share one context of the device: no two threads may use it at once, for ONNX Runtime then
   * crashes; and what was compiled for it lasts as long as any session is open.
   */
  readonly sharedContext?: true
  /** Loops run on the CPU and copy to the device, in every iteration, whatever they read from outside. */
  readonly copiesCaptured?: true
}
