// Long form: Ctrl-C reaches a script in more states, each a process.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startServer } from '@cablegram/server'
import { CommandLines } from '../../../../test/e2e/command-lines.ts'
import { sampled } from '../../../../test/effort.ts'
import { outcomeOf } from '../main.ts'

const COMMAND = fileURLToPath(new URL('../../bin/cablegram.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cablegram-lua-'))
after(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly error: string
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [COMMAND, 'lua', ...args], { cwd: folder })
}

/** Runs the command to its end. */
async function run(args: readonly string[], input = ''): Promise<Ended> {
  const child = start(args)
  child.stdin?.end(input)
  return ended(child)
}

async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { out: '', error: '' }
  child.stdout?.on('data', (chunk) => {
    texts.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    texts.error += chunk
  })
  const [status] = await once(child, 'close')
  return { status, ...texts }
}

/** Runs a command line that is refused before anything starts. */
async function refused(...args: string[]): Promise<string> {
  const { exitCode, complaint } = await outcomeOf(['lua', ...args])
  return `${exitCode} ${complaint}`
}

test('a script that is not there, a folder, and wrong limits are refused with the next step', async () => {
  writeFileSync(join(folder, 'hello.lua'), '')
  const [wrong, right] = [join(folder, 'helo.lua'), join(folder, 'hello.lua')]
  assert.equal(await refused(wrong), `1 cannot read ${wrong}: there is no such file. Did you mean ${right}?`)
  const far = join(folder, 'entirely-different.lua')
  assert.equal(await refused(far), `1 cannot read ${far}: there is no such file.`)
  assert.equal(await refused(folder), `1 cannot read ${folder}: that is a folder. Give a script.`)
  for (const size of ['3', '2G', 'x', '-1']) {
    assert.match(
      await refused(right, '--max-memory', size),
      /^2 --max-memory is a size such as 64M, from 1M to 1G, not/,
    )
  }
  assert.match(await refused(right, '--max-compute', 'soon'), /^2 --max-compute is a time such as/)
  assert.match(await refused(right, '--max-compute', '0'), /^2 --max-compute is longer than 0\./)
  assert.match(await refused(right, '--max-instructions', '0'), /^2 --max-instructions is at least 1\./)
})

test('a script signs in at a server, requires files, and prints; a refusal has its place and the next step', async () => {
  await using server = await startServer({ store: 'memory' })
  mkdirSync(join(folder, 'real'))
  writeFileSync(join(folder, 'real/name.lua'), "return {first = 'Ada'}")
  const code = `local me = cablegram.start{phone = '+9996621234', code = '22222', first_name = require('name').first}
print(me.first_name, cablegram.args[1], ...)
auth.signIn{phone_number = '+9996621234', phone_code_hash = 'x', phone_code = '1'}`
  writeFileSync(join(folder, 'real/bot.lua'), code)
  // Required files are looked for beside the script itself, not beside a link to it.
  symlinkSync(join(folder, 'real/bot.lua'), join(folder, 'bot.lua'))
  const { status, out, error } = await run([
    'bot.lua',
    'one',
    '--server',
    String(server.info.console),
    '--',
    '-2',
  ])
  assert.deepEqual([status, out], [1, 'Ada\tone\tone\t-2\n'])
  const [first, ...rest] = error.split('\n')
  assert.equal(first, 'cablegram: bot.lua:3: auth.signIn: 400 PHONE_CODE_EXPIRED')
  assert.match(
    rest.join('\n'),
    /^stack traceback:\n.*\n {2}bot\.lua:3: in main chunk\n[\s\S]*the server refused auth\.signIn/,
  )
})

test('code comes from -e or standard input; os.exit is the exit code; syntax errors and memory bombs exit with 1', async () => {
  const [line, input] = await Promise.all([
    run(['-e', 'print(#cablegram.args, ...) os.exit(3)', 'a']),
    run([], "print('привет \\0')"),
  ])
  assert.deepEqual(line, { status: 3, out: '1\ta\n', error: '' })
  assert.deepEqual(input, { status: 0, out: 'привет \0\n', error: '' })
  await using lines = new CommandLines('none')
  const errorOf = async (...args: readonly string[]) => {
    const { exitCode, out, notes } = await lines.runBare(['lua', ...args])
    return [exitCode, out, notes]
  }
  assert.deepEqual(await errorOf('-e', 'x = = 1'), [1, '', "cablegram: -e:1: unexpected symbol near '='\n"])
  const bomb = await errorOf('-e', 'local t = {} while true do t[#t + 1] = {} end', '--max-memory', '8M')
  assert.deepEqual(bomb, [1, '', 'cablegram: not enough memory\n'])
})

test('the prompt prints expressions, goes on with incomplete lines, and survives mistakes', async () => {
  const lines = `1 + 1, 'a'
x = {_ = 'user', id = 9007199254740993, tags = {'a', 'b'}}
x
for i = 1, 2 do
print(i)
end
nothing.here
user.getUsers{}
getUsers{}
help.getconfig()
= 3
`
  const { status, out, error } = await run(['-i'], lines)
  const printed = out.replaceAll(/^(>+ ?)+\n?/gm, '').split('\n')
  assert.deepEqual(printed.filter((text) => text !== '').slice(1), [
    '2\ta',
    '{_ = "user", id = 9007199254740993, tags = {"a", "b"}}',
    '1',
    '2',
  ])
  assert.deepEqual(error.split('\n'), [
    "stdin:1: attempt to index a nil value (global 'nothing')",
    "stdin:1: attempt to index a nil value (global 'user'); did you mean users?",
    "stdin:1: attempt to call a nil value (global 'getUsers'); did you mean users.getUsers?",
    'stdin:1: there is no method help.getconfig; did you mean help.getConfig?',
    "stdin:1: unexpected symbol near '='",
    '',
  ])
  assert.equal(status, 0)
})

/** States of a script after its line `ready`, in which Ctrl-C reaches it. */
const STATES = sampled<readonly [state: string, args: readonly string[]]>([
  ['running', ['-e', "print('ready') while true do end"]],
  ['in a call', ['-e', "print('ready') help.getConfig()"]],
  ['sleeping', ['-e', "print('ready') cablegram.sleep(1000)"]],
  ['waiting for updates', ['-e', "print('ready') cablegram.on_update(print)"]],
  ['asking', ['-e', "print('ready') cablegram.ask('name? ')"]],
  ['at the prompt', ['-i']],
])

test('Ctrl-C ends a script in each state with 130', async () => {
  // A console that takes connections and never answers.
  const { createServer } = await import('node:http')
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const statuses = STATES.map(async ([state, args]) => {
    const child = start([
      ...args,
      '--server',
      `http://127.0.0.1:${port}`,
      '--session',
      join(folder, `${state}.session`),
    ])
    const end = once(child, 'exit')
    await once(child.stdout ?? child, 'data')
    child.kill('SIGINT')
    return [state, (await end)[0]]
  })
  const found = await Promise.all(statuses)
  silent.closeAllConnections()
  silent.close()
  assert.deepEqual(
    found,
    STATES.map(([state]) => [state, 130]),
  )
})
