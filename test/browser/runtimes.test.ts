import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServer } from '@cablegram/server'
import { makeProject } from './project.ts'
import { RUNTIMES } from './runtimes.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const run = promisify(execFile)
const WITHIN_MS = 60_000

const project = makeProject()
after(() => project[Symbol.dispose]())
cpSync(join(HERE, 'runtime.js'), join(project.folder, 'runtime.js'))

for (const [name, [program, ...args]] of Object.entries(RUNTIMES)) {
  test(`${name} signs up over every transport, with the entry of Node and its session file`, async () => {
    const server = await startServer({ store: 'memory' })
    try {
      const given = [...args, 'runtime.js', server.info.console]
      const { stdout } = await run(program, given, { cwd: project.folder, timeout: WITHIN_MS })
      console.log(`${name}: ${stdout.trim().replaceAll('\n', ', ')}`)
      assert.match(stdout, /tcp: Ada in \d+ ms\nwebsocket: Ada in \d+ ms\nhttp: Ada in \d+ ms\nfile: Ada\n/)
    } finally {
      await server.close()
    }
  })
}
