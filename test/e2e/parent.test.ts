/** Servers of a test that is killed end with the test. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { END_WITH_PARENT } from './serve.ts'

const SERVE = new URL('serve.ts', import.meta.url).href
const ENDS_WITHIN_MS = 10_000

test('a server ends with the process that started it, though that is killed', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const script = `
    import { startServe } from ${JSON.stringify(SERVE)}
    const { pid } = await startServe(['--memory', '--port', '0', '--console-port', '0'])
    console.log(pid)
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = await Promise.race([once(createInterface(parent.stdout), 'line'), once(parent, 'exit')])
  const pid = Number(line)
  assert.ok(isRunning(pid), 'the server did not start')
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  const untilMs = performance.now() + ENDS_WITHIN_MS
  while (isRunning(pid) && performance.now() < untilMs) await wait(20)
  assert.ok(!isRunning(pid))
})

test('threads of such a server live on', async () => {
  const thread = `import { parentPort } from 'node:worker_threads'; setTimeout(() => parentPort.postMessage('alive'), 200)`
  const script = `
    import { Worker } from 'node:worker_threads'
    const worker = new Worker(${JSON.stringify(thread)}, { eval: true })
    worker.on('message', console.log).on('exit', (code) => console.log('exit', code))`
  const child = spawn(process.execPath, [...END_WITH_PARENT, '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) said += chunk
  assert.equal(said, 'alive\nexit 0\n')
})

/** A process that has ended may still be listed until somebody collects it. */
function isRunning(pid: number): boolean {
  const path = `/proc/${pid}/stat`
  return existsSync(path) && !/^\d+ \(.*\) Z/.test(readFileSync(path, 'utf8'))
}
