/** Ends the process when its main thread says nothing for too long: a blocked thread cannot end itself. */
import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

const limitMs: number = workerData
let state: { readonly loading?: string; readonly running?: string } = {}
let timer = setTimeout(bite, limitMs)

parentPort?.on('message', (news: typeof state) => {
  state = { ...state, ...news }
  clearTimeout(timer)
  timer = setTimeout(bite, limitMs)
})

function bite(): void {
  const { running = 'no file', loading = 'none' } = state
  const seconds = Math.round(limitMs / 1000)
  writeSync(2, `Hung for ${seconds} s in ${running} (last file loaded: ${loading}). The process is killed.\n`)
  process.kill(process.pid, 'SIGKILL')
}
