// Full rounds: its commands run in a thread of their own.
/**
 * Reads site/guides/testing-a-login.md from top to bottom on one server: types the command of each row and checks
 * its answer.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { CommandLines } from './command-lines.ts'

const PHONE = '+9996621234'
const PAGE = readFileSync(new URL('../../site/guides/testing-a-login.md', import.meta.url), 'utf8')

const server = await startServer({ store: 'memory', testClock: true })
const command = new CommandLines(server.info.console)
const client = new TelegramClient(memorySession(), { server: server.info })
after(async () => {
  await client.close()
  await command.close()
  await server.close()
})

interface Row {
  readonly want: string
  /** Empty: nothing is typed. */
  readonly line: string
  readonly answer: string
}

/** The rows of the table below this heading. */
function rowsOf(heading: string): Row[] {
  const [, below = ''] = PAGE.split(`## ${heading}\n`)
  const [section = ''] = below.split('\n## ')
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(1).map((line) => {
    const [want = '', typed = '', answer = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim())
    assert.match(typed, /^(`[^`]+`)?$/, `one command, or none: ${line}`)
    return { want, line: typed.replaceAll('`', ''), answer: answer.replaceAll('`', '') }
  })
}

async function type(line: string): Promise<void> {
  if (line === '') return
  const { exitCode, complaint } = await command.run(line)
  assert.equal(exitCode, 0, `${line}: ${complaint}`)
}

function sendCode() {
  const [app] = server.info.apps
  assert.ok(app)
  return client.auth.sendCode({ phoneNumber: PHONE, ...app, settings: { _: 'codeSettings' } })
}

/** The answer as the page writes it. */
async function answerOf(call: Promise<{ readonly _: string; readonly type?: { readonly _: string } }>) {
  try {
    const { _, type } = await call
    return type?._ ?? _
  } catch (error) {
    if (error instanceof RpcError) return `${error.code} ${error.message}`
    throw error
  }
}

/** Each table begins with a reset. */
function walk(heading: string, look: (row: Row) => Promise<string>): void {
  const rows = rowsOf(heading)
  assert.ok(rows.length > 5, heading)
  for (const [index, row] of rows.entries()) {
    test(`${heading}: ${row.want}`, async () => {
      if (index === 0) await type('reset')
      assert.equal(await look(row), row.answer)
    })
  }
}

walk('What auth.sendCode answers', async ({ line }) => {
  await type(line)
  return answerOf(sendCode())
})

walk('What next_type says', async ({ line }) => {
  await type(line)
  const sent = await sendCode()
  return (sent._ === 'auth.sentCode' && sent.nextType?._) || 'no next_type'
})

walk('What auth.signIn answers', async ({ line }) => {
  const sent = await sendCode()
  assert.ok(sent._ === 'auth.sentCode')
  const { code, phoneCodeHash } = await server.codes.waitFor(PHONE)
  assert.equal(phoneCodeHash, sent.phoneCodeHash)
  await type(line)
  return answerOf(client.auth.signIn({ phoneNumber: PHONE, phoneCodeHash, phoneCode: code }))
})

test('the commands of "Taking it back" work in the order of the page', async () => {
  await type('fault auth.sendCode --error FLOOD_WAIT_30')
  await type('rule 999662 --channels payment,sms')
  await type("user set +9996621234 --password 'correct horse' --login-email ada@example.org")
  const other = new TelegramClient(memorySession(), { server: server.info })
  const rows = rowsOf('Taking it back')
  for (const { line } of rows) {
    if (line.startsWith('pay')) {
      const [app] = server.info.apps
      assert.ok(app)
      await other.auth.sendCode({ phoneNumber: PHONE, ...app, settings: { _: 'codeSettings' } })
    }
    await type(line)
  }
  await other.close()
  assert.equal(rows.at(-1)?.line, 'reset')
  assert.deepEqual(await server.users.list(), [])
})
