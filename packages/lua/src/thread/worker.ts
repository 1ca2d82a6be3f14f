import { workerData } from 'node:worker_threads'
import type { Host } from '../library/host.ts'
import { Script } from '../library/script.ts'
import { loadLua } from '../state/module.ts'
import { Bridge } from './bridge.ts'
import { readModule, writeAll } from './files.ts'
import type { WorkerData } from './worker-data.ts'

/** The thread of a script: it blocks on each call, so that calls work everywhere in Lua. */
async function main(data: WorkerData): Promise<void> {
  const bridge = new Bridge(data.port, data.signal)
  const script = new Script(await loadLua(), hostOf(bridge, data), data)
  const failure = data.code === undefined ? script.repl() : script.run(data.code, data.name)
  bridge.ask({ ask: 'ended', failure })
}

function hostOf(bridge: Bridge, { folder, isDirect }: WorkerData): Host {
  return {
    call: (method, params) => bridge.ask({ ask: 'call', method, params }),
    app: () => bridge.ask({ ask: 'app' }),
    start: (given, asked) => bridge.ask({ ask: 'start', given, asked }),
    answerStart: (answer) => bridge.ask({ ask: 'answerStart', answer }),
    proof: (question, password) => bridge.ask({ ask: 'proof', question, password }),
    wait: (ms, isTold) => bridge.ask({ ask: 'wait', ms, isTold }),
    waitOn: () => bridge.ask({ ask: 'waitOn' }),
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

await main(workerData)
