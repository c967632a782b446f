/** `1 sample`, `2 samples`, `1,000 samples` */
export function counted(n: number, what: string, several = `${what}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? what : several}`
}
