/** Watches the notes of {@link Watchdog}: if an input runs for too long, keeps it and ends the process. */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { keep } from './corpus.ts'

const { memory, target, limitMs } = workerData as {
  memory: SharedArrayBuffer
  target: string
  limitMs: number
}
const head = new Int32Array(memory, 0, 2)
let last = 0

setInterval(() => {
  const run = Atomics.load(head, 0)
  if (run === last && run !== 0) {
    const input = new Uint8Array(memory, 8).slice(0, head[1])
    writeSync(2, `${target}: an input ran for longer than ${limitMs} ms: ${keep(target, input, 'hang-')}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  last = run
}, limitMs)
