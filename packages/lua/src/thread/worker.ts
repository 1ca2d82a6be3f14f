import { type MessagePort, parentPort } from 'node:worker_threads'
import type { Host } from '../library/host.ts'
import { Script } from '../library/script.ts'
import { LuaMemory } from '../state/memory.ts'
import { loadLua } from '../state/module.ts'
import { Bridge } from './bridge.ts'
import { readModule, writeAll } from './files.ts'
import type { Job } from './job.ts'

/** More memory than this is not kept for the next script: WebAssembly never gives any back. */
const KEPT_BYTES = 64 << 20

/** A thread of scripts: it blocks on each call, so that calls work everywhere in Lua. */
async function main(jobs: MessagePort): Promise<void> {
  const module = await loadLua()
  const memory = new LuaMemory(module)
  jobs.on('message', (job: Job) => {
    const bridge = new Bridge(job.port, job.signal)
    const script = new Script({ module, memory }, hostOf(bridge, job), job)
    const failure = job.code === undefined ? script.repl() : script.run(job.code, job.name)
    const isReusable = !script.isEnded && module.HEAPU8.length <= KEPT_BYTES
    if (isReusable) script.close()
    bridge.end({ ask: 'ended', failure, isReusable })
  })
}

function hostOf(bridge: Bridge, { folder, isDirect }: Job): Host {
  return {
    call: (method, params) => bridge.ask({ ask: 'call', method, params }),
    app: () => bridge.ask({ ask: 'app' }),
    start: (given, asked) => bridge.ask({ ask: 'start', given, asked }),
    answerStart: (answer) => bridge.ask({ ask: 'answerStart', answer }),
    proof: (question, password) => bridge.ask({ ask: 'proof', question, password }),
    client: (request) => bridge.ask({ ask: 'client', request }),
    startTimer: (ms, isNews) => bridge.ask({ ask: 'startTimer', ms, isNews }),
    news: (timer) => bridge.ask({ ask: 'news', timer }),
    waitFor: (timer) => bridge.ask({ ask: 'waitFor', timer }),
    listen: (isOn) => bridge.ask({ ask: 'listen', isOn }),
    ask: (question, isHidden) => bridge.ask({ ask: 'person', question, isHidden }),
    readLine: (prompt) => bridge.ask({ ask: 'line', prompt }),
    readModule: (name) => (folder === undefined ? undefined : readModule(folder, name)),
    write(stream, bytes) {
      if (isDirect) writeAll(stream === 'out' ? 1 : 2, bytes)
      else bridge.ask({ ask: 'write', stream, bytes })
    },
    exit(code) {
      bridge.ask({ ask: 'exit', code })
      // The main thread ends this one before it answers.
      throw new TypeError('the script went on after os.exit')
    },
  }
}

if (parentPort === null) throw new TypeError('this file runs in a thread')
await main(parentPort)
