/** Types the commands that the descriptions and the notes of the reference show, and compares the tables of the notes. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { CommandLines } from '../e2e/command-lines.ts'

const PHONE = '+9996621234'
const NOTES = new URL('../../site/notes/', import.meta.url)
const WORDS = new URL('../../packages/tl/sources/words/', import.meta.url)

const server = await startServer({ store: 'memory', testClock: true })
const command = new CommandLines(server.info.console)
after(async () => {
  await command.close()
  await server.close()
})

async function type(line: string): Promise<string> {
  const { exitCode, complaint, out } = await command.run(line)
  assert.equal(exitCode, 0, `${line}: ${complaint}`)
  return out
}

function textsBelow(folder: URL): string[] {
  return readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
}

/** The code of these texts that begins so. */
function codeIn(texts: readonly string[], beginning: string): string[] {
  const codes = texts.flatMap((text) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code))
  return [...new Set(codes.filter((code) => code.startsWith(beginning)))]
}

const texts = [...textsBelow(NOTES), ...textsBelow(WORDS)]

/** Commands that only set something up at the server. Others need a terminal, a session or a person. */
const SETTING_UP = /^(rule|fault|user|app|bot|clock) /

test('every command that sets something up works', async () => {
  const lines = codeIn(texts, 'npx cablegram ').map((code) => code.replace('npx cablegram ', ''))
  const settingUp = lines.filter((line) => SETTING_UP.test(line))
  assert.ok(settingUp.length > 20, `${settingUp.length} of ${lines.length}`)
  for (const line of settingUp) {
    await type('reset')
    if (!line.startsWith('user add')) await type(`user add ${PHONE}`)
    if (line.endsWith('--delete')) await type('rule 999662 --ban')
    await type(line)
  }
  // A reset keeps the apps.
  await type("app set 10001 --published off --sign-up on --min-layer 0 --min-version ''")
})

test('every other command exists', async () => {
  const names = codeIn(texts, 'npx cablegram ').map((code) => code.split(' ')[2] ?? '')
  for (const name of new Set(names)) await type(`${name} --help`)
})

test('every option of the server exists', async () => {
  const help = await type('serve --help')
  const options = codeIn(texts, '--').map((code) => code.split(' ')[0] ?? '')
  assert.deepEqual(
    options.filter((option) => !help.includes(`${option} `) && !help.includes(`${option}\n`)),
    [],
  )
})

/** The rows of a note's table whose first cell begins so. */
function rowsOf(note: string, beginning: string): string[][] {
  const lines = readFileSync(new URL(note, NOTES), 'utf8').split('\n')
  return lines
    .filter((line) => line.startsWith(`| ${beginning}`))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** A cell without its markup. */
function textOf(cell: string): string {
  return cell.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '')
}

function commandsIn(cell: string): string[] {
  return [...cell.matchAll(/`npx cablegram ([^`]+)`/g)].map(([, line = '']) => line)
}

async function withClient<T>(use: (client: TelegramClient) => Promise<T>): Promise<T> {
  const client = new TelegramClient(memorySession(), { server: server.info })
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

async function sentBy(client: TelegramClient) {
  const [app] = server.info.apps
  assert.ok(app)
  const sent = await client.auth.sendCode({ phoneNumber: PHONE, ...app, settings: { _: 'codeSettings' } })
  assert.ok(sent._ === 'auth.sentCode', sent._)
  return sent
}

test('auth.sendCode: the commands of each code type lead to it', async () => {
  const rows = rowsOf('auth.sendCode.md', '[auth.sentCodeType')
  assert.equal(rows.length, 11)
  for (const [name = '', , , make = ''] of rows) {
    await type('reset')
    const [type_ = ''] = /auth\.\w+/.exec(name) ?? []
    await withClient(async (first) => {
      for (const line of commandsIn(make)) {
        if (line.startsWith('login')) await signUp(first)
        else if (line.endsWith('--delete')) await type('rule')
        else await type(line)
      }
      assert.equal((await withClient(sentBy)).type._, type_)
    })
  }
})

/** In place of `cablegram login`, which is a client of its own. */
async function signUp(client: TelegramClient): Promise<void> {
  const { phoneCodeHash } = await sentBy(client)
  const held = { phoneNumber: PHONE, phoneCodeHash }
  await client.auth.signIn({ ...held, phoneCode: '22222' })
  await client.auth.signUp({ ...held, firstName: 'Ada', lastName: '' })
}

test('auth.resendCode: the chains of the table', async () => {
  const rows = rowsOf('auth.resendCode.md', '`npx')
  assert.equal(rows.length, 3)
  for (const [make = '', first = '', second = ''] of rows) {
    await type('reset')
    for (const line of commandsIn(make)) await type(line)
    await withClient(async (client) => {
      const sent = await sentBy(client)
      assert.equal(sent.nextType?._ ?? 'none', textOf(first))
      const next = await resend(client, sent.phoneCodeHash)
      assert.equal(next, textOf(second))
    })
  }
})

async function resend(client: TelegramClient, phoneCodeHash: string): Promise<string> {
  try {
    const sent = await client.auth.resendCode({ phoneNumber: PHONE, phoneCodeHash })
    assert.ok(sent._ === 'auth.sentCode')
    return sent.nextType?._ ?? 'no next_type'
  } catch (error) {
    if (error instanceof RpcError) return `${error.code} ${error.message}`
    throw error
  }
}
