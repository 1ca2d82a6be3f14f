// Own process: it changes the working folder.
/**
 * Types the commands of the guides and READMEs. `guide-programs.long.ts` runs their programs, and doc-examples.long.ts compiles
 * their TypeScript.
 * Full rounds: its commands run in a thread of their own.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import { snippetsFor } from '@cablegram/server/snippets'
import { parseArguments } from '../packages/cli/src/command.ts'
import { serveCommand } from '../packages/cli/src/commands/serve.ts'
import { CommandLines } from './e2e/command-lines.ts'
import { blocks, isOwn, isProgram, ROOT } from './guide-blocks.ts'

const LOCAL = 'http://127.0.0.1:10081'
/** Languages of blocks, and what holds each of them to the truth. */
const LANGUAGES = ['ts', 'js', 'python', 'sh', 'json', 'text', 'lua', 'html', 'go', 'tl', 'yaml', 'ini']
const all = blocks()
const scripts: object = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts

const folder = mkdtempSync(join(tmpdir(), 'cablegram-guides-'))
// Commands write sessions and answers into the folder in which they are typed.
process.chdir(folder)
const commands = new CommandLines('')
after(async () => {
  await commands.close()
  process.chdir(ROOT)
  rmSync(folder, { recursive: true })
})

test('every block names its language', () => {
  const others = all.filter(({ language }) => !LANGUAGES.includes(language))
  assert.deepEqual(
    others.map(({ place, language }) => `${place}: ${language}`),
    [],
  )
})

test('every file that a page shows is the one in the repository', () => {
  const shown = all.filter(({ mark }) => mark.startsWith('examples/hosting/'))
  assert.equal(shown.length, 3)
  for (const { mark, code } of shown) assert.equal(code, readFileSync(join(ROOT, mark), 'utf8'), mark)
})

test('the commands of the unit and of the compose file are commands of serve', () => {
  const unit = readFileSync(join(ROOT, 'examples/hosting/cablegram.service'), 'utf8')
  const [, typed = ''] = /^ExecStart=\/usr\/local\/bin\/cablegram serve (.*)$/m.exec(unit) ?? []
  const compose = readFileSync(join(ROOT, 'examples/hosting/compose.yaml'), 'utf8')
  const [, listed = ''] = /^ {2}command: \[(.*)\]$/m.exec(compose) ?? []
  for (const line of [typed, listed.replaceAll(/[',]/g, '')]) {
    assert.ok(line.includes('--secret-file'), line)
    parseArguments(serveCommand, line.split(' '))
  }
})

test('whatever starts the server gives V8 the same young generation', () => {
  const flags = [
    'setup.mjs',
    'Dockerfile',
    'examples/hosting/cablegram.service',
    'bench/server-files.ts',
  ].map((file) => /--max-semi-space-size=\d+/.exec(readFileSync(join(ROOT, file), 'utf8'))?.[0])
  assert.deepEqual(flags, Array(4).fill('--max-semi-space-size=8'))
})

test('every block of JSON is JSON', () => {
  for (const { place, code } of all.filter(({ language }) => language === 'json')) {
    assert.doesNotThrow(() => JSON.parse(code), place)
  }
})

/** The command lines of a block, each whole, without comments. */
function linesOf(code: string): string[] {
  return code
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)# .*$/, '').trim())
    .filter((line) => line !== '')
}

const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, plain]) => one ?? two ?? plain ?? '')

/** What is typed as it is elsewhere, or installs from the internet; the reader is told how many. */
const NOT_TYPED: readonly (readonly [RegExp, string])[] = [
  [/docker compose/, 'test/install/docker.test.ts runs what the compose file says'],
  [/^(?:git clone|cd) /, 'the clone'],
  [
    /^(?:npm|pnpm|yarn|npx --yes) (?:install|add|init|create)\b|\bpip install\b|^go (?:mod|get)/,
    'installs from a registry',
  ],
  [/--server (?:production|test)\b/, 'Telegram itself'],
  [
    /^(?:npx vitest|node --test|python3? -m pytest|pytest|node |python3 |go run|bun |deno )/,
    'runs a program of the page',
  ],
  [/^npx cablegram accept/, 'needs the code of another device'],
  [/^npx cablegram docs/, 'prints a page of the reference, which npm test does not build'],
  [/^npx cablegram people events/, 'runs until Ctrl-C; people-commands.test.ts types it'],
  [/\/api\/files\/\d+\/cdn /, 'needs a server with a CDN; test/e2e/cdn.test.ts has one'],
  [/^(?:rsync|aws s3 sync) /, 'copies a folder of the operator'],
  [/ --files '?s3:/, 'needs a bucket; packages/server/src/files/s3.test.ts has one'],
  [/^npx cablegram session/, 'needs a session of another library; session-commands.test.ts types it'],
  [/^npm ci --prefix codemod|^node setup\.mjs codemod/, 'npm run test:codemod types them'],
  [/^npx @cablegram\/codemod/, 'npm run test:install runs it from its package'],
  [/^npx cablegram lua/, 'test/lua/guide.test.ts runs the scripts of the page'],
]

async function curl(line: string, consoleUrl: string): Promise<void> {
  const words = wordsOf(line).slice(1)
  const headers: Record<string, string> = {}
  const valued = new Set(['-X', '-H', '-d', '-o', '--retry', '--retry-delay'])
  const values = new Map<string, string>()
  let address = ''
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!valued.has(word)) {
      if (!word.startsWith('-')) address = word
      continue
    }
    at += 1
    values.set(word, words[at] ?? '')
    const [name = '', value = ''] = (words[at] ?? '').split(': ')
    if (word === '-H') headers[name] = value
  }
  assert.ok(address.startsWith(LOCAL), `${line}: curl asks the console`)
  const body = values.get('-d')
  const response = await fetch(address.replace(LOCAL, consoleUrl), {
    method: values.get('-X') ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  assert.ok(response.ok, `${line}: ${response.status} ${text}`)
  const file = values.get('-o')
  if (file !== undefined) writeFileSync(file, text)
}

/** What a person answers to the questions of the command. */
function answered(words: readonly string[]): string[] {
  if (words[0] !== 'login' || words.includes('--bot-token'))
    return words.filter((word) => word !== '--follow')
  const phone = words[1]?.startsWith('+') === true ? [] : ['+9996621234']
  const code = words.includes('--code') ? [] : ['--code', '22222']
  const name = words.includes('--first-name') ? [] : ['--first-name', 'Ada']
  return [...words.slice(0, 1), ...phone, ...words.slice(1), ...code, ...name]
}

const quoted = (word: string) => (/^[\w.,:/+@=-]+$/.test(word) ? word : `'${word}'`)

/** @returns why the line was not typed, if it was not */
async function type(line: string, consoleUrl: string): Promise<string | undefined> {
  const [, reason] = NOT_TYPED.find(([pattern]) => pattern.test(line)) ?? []
  if (reason !== undefined) return reason
  const words = wordsOf(line.replace(/ (?:&|> \S+)$/, ''))
  const [program = '', first = '', ...rest] = words
  if (program === 'curl') return void (await curl(line, consoleUrl))
  if (program === 'npm') {
    const script = first === 'run' ? (rest[0] ?? '') : first
    assert.ok(script in scripts, `${line}: there is no such script`)
    if (script === 'start') parseArguments(serveCommand, rest.slice(1))
    return script === 'start' ? undefined : 'a script of the repository'
  }
  assert.deepEqual([program, first], ['npx', 'cablegram'], `${line}: no test types this command`)
  if (rest[0] === 'serve') return void parseArguments(serveCommand, rest.slice(1))
  const { exitCode, complaint } = await commands.run(answered(rest).map(quoted).join(' '), consoleUrl)
  assert.equal(exitCode, 0, `${line}: ${complaint}`)
  return undefined
}

const pagesWithCommands = [
  ...new Set(all.filter(({ language }) => language === 'sh').map(({ page }) => page)),
]
for (const page of pagesWithCommands) {
  test(`every command of ${page} works, from top to bottom`, async (t) => {
    // A backup needs a folder; with everything in memory, the first app is the one that the pages name.
    const isOnDisk = readFileSync(join(ROOT, page), 'utf8').includes('/api/backups')
    const kept = isOnDisk ? { data: mkdtempSync(join(folder, 'data-')) } : ({ store: 'memory' } as const)
    await using server = await startServer({ ...kept, testClock: true })
    rmSync(join(folder, 'cablegram.session'), { force: true })
    for (const { code, place } of all.filter((block) => block.page === page && block.language === 'sh')) {
      for (const line of linesOf(code)) {
        const reason = await type(line, server.info.console).catch((error: unknown) => {
          throw new Error(`${place}: ${String(error)}`, { cause: error })
        })
        if (reason !== undefined) t.diagnostic(`not typed: ${line} (${reason})`)
      }
    }
  })
}

/** Whether the lines of an excerpt occur in a program, in this order. A line that is cut short has an ellipsis. */
function isExcerpt(excerpt: string, program: string): boolean {
  const lines = program.split('\n').map((line) => line.trim())
  let at = 0
  return excerpt.split('\n').every((line) => {
    const [begin = '', end = ''] = line.trim().split('…')
    const cut = line.includes('…')
    const found = lines.findIndex(
      (other, index) =>
        index >= at &&
        (cut ? other.startsWith(begin) && (end === '' || other.endsWith(end)) : other === line.trim()),
    )
    if (found === -1) return line.trim() === ''
    at = found + 1
    return true
  })
}

test('every block of another library is from a program that the install tests run', async () => {
  await using server = await startServer({ port: 10443, consolePort: 0 }).catch(() => startServer())
  const port = String(server.info.dcs[0]?.port)
  const programs = new Map(
    snippetsFor(server.info).map(({ name, code }) => [`connect ${name}`, code.replaceAll(port, '10443')]),
  )
  const tests = readFileSync(join(ROOT, 'test/install/strangers.test.ts'), 'utf8')
  const foreign = all.filter(
    (block) => ['js', 'python', 'go'].includes(block.language) && !isProgram(block) && !isOwn(block),
  )
  const loose = foreign.filter(({ mark, code }) => {
    const program = programs.get(mark)
    return program === undefined ? !tests.includes(`'${mark || '?'}'`) : !isExcerpt(code, program)
  })
  assert.deepEqual(
    loose.map(({ place, mark }) => `${place}: ${mark}`),
    [],
  )
})
