/**
 * Saves each program that `cablegram connect` prints, and runs it as its first lines say, against a server.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { namespaceCommand } from '../../interop/namespace.ts'
import { GO_ENV } from '../../interop/talkers.ts'
import { Project, pythonWith } from './project.ts'

const SIGNED_IN = 'Signed in as Ada (+9996621234).'
const COMMAND = 'node_modules/.bin/cablegram'

interface Program {
  readonly file: string
  readonly install: string
  readonly run: string
}

let project: Project
let stop: () => Promise<void>
let consoleUrl: string

before(
  async () => {
    project = Project.installed()
    const options = ['serve', '--memory', '--json', '--port', '0', '--console-port', '0']
    const server = spawn(COMMAND, options, { cwd: project.folder, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: server.stdout }), 'line')
    consoleUrl = JSON.parse(line).console
    stop = async () => {
      server.kill('SIGTERM')
      await once(server, 'exit')
    }
  },
  { timeout: 600_000 },
)
after(async () => {
  await stop()
  project.remove()
})

/** Saves the printed program, unchanged, in its own folder. */
async function save(name: string): Promise<Program> {
  const code = await project.run(`${COMMAND} connect ${name} --server ${consoleUrl}`)
  const [, file = ''] = /Save as (\S+)\.\n/.exec(code) ?? []
  const [, install = ''] = /^\S+ Install: (.*)$/m.exec(code) ?? []
  const [, run = ''] = /^\S+ Run: +(.*)$/m.exec(code) ?? []
  project.write(`${name}/${file}`, code)
  return { file, install, run }
}

/** Without colours, and without the library's own output. */
function lastLine(said: string): string | undefined {
  return said.trim().split('\n').at(-1)
}

for (const name of ['gramjs', 'mtcute']) {
  test(`the program for ${name} signs in`, { timeout: 600_000 }, async () => {
    const { install, run } = await save(name)
    project.write(`${name}/package.json`, '{"private":true}')
    await project.run(`cd ${name} && ${install}`)
    assert.equal(lastLine(await project.run(`cd ${name} && ${run}`)), SIGNED_IN)
  })
}

for (const name of ['telethon', 'kurigram']) {
  test(`the program for ${name} signs in`, { timeout: 600_000 }, async () => {
    const { install, run } = await save(name)
    const python = pythonWith(project, install.split(' ').at(-1) ?? '')
    assert.match(install, /^python3 -m pip install \S+$/)
    const said = await project.run(`cd ${name} && ${run.replace('python3', python)}`)
    assert.equal(lastLine(said), SIGNED_IN)
  })
}

test('the program for cablegram signs in', async () => {
  const { run } = await save('cablegram')
  assert.equal(lastLine(await project.run(`cd cablegram && ${run}`)), SIGNED_IN)
})

// Until its proxy is set TDLib dials Telegram: server and program run where they can only reach loopback.
test('the program for tdlib signs in', { timeout: 600_000 }, async (t) => {
  const [program, ...args] = namespaceOrSkip((why) => t.skip(why)) ?? []
  if (program === undefined) return
  const { file, install } = await save('tdlib')
  project.write('tdlib/package.json', '{"private":true}')
  await project.run(`cd tdlib && ${install}`)
  const inside = project.write('tdlib/inside.sh', INSIDE)
  const { stdout, stderr } = spawnSync(program, [...args, 'sh', inside, file], {
    cwd: project.folder,
    encoding: 'utf8',
  })
  assert.equal(lastLine(stdout), SIGNED_IN, stderr)
})

const INSIDE = `set -e
${COMMAND} serve --memory --json --port 0 --console-port 0 > tdlib/ready.json &
server=$!
while [ ! -s tdlib/ready.json ]; do sleep 0.1; done
console=$(node -p "JSON.parse(require('fs').readFileSync('tdlib/ready.json','utf8').split('\\n')[0]).console")
${COMMAND} connect tdlib --server "$console" > "tdlib/$1"
(cd tdlib && node "$1")
kill $server
wait $server
`

function namespaceOrSkip(skip: (why: string) => void): readonly string[] | undefined {
  try {
    return namespaceCommand()
  } catch (error) {
    skip((error as Error).message)
    return undefined
  }
}

test('the program for gotd signs in', { timeout: 900_000 }, async () => {
  const { install, run } = await save('gotd')
  await project.run(`cd gotd && ${install}`)
  assert.equal(lastLine(await project.run(`cd gotd && ${run}`, { env: GO_ENV })), SIGNED_IN)
})
