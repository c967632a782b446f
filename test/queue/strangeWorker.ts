import process from 'node:process'
import { type StrangeKind, serveStrangely } from './strangeUnits.js'

// A worker in a process of its own: strangeWorker.ts <url> <kind> <table>….

const [url = '', kind, ...tables] = process.argv.slice(2)
const say = (text: string) => process.stdout.write(text)
await serveStrangely({ url, kind: kind as StrangeKind, tables, signal: new AbortController().signal, say })
