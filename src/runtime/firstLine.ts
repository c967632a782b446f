/** Errors of ONNX Runtime end with a line break, and its longer ones with a trace. */
export function firstLine(message: string): string {
  return message.trim().split('\n').slice(0, 1).join('')
}
