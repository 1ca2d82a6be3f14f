import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'

const PHONE = '+9996621234'
const PAGE = readFileSync(new URL('../../docs/testing-a-login.md', import.meta.url), 'utf8')
const ROW = /^\| (.+?) \| (?:nothing|`(\w+) (\S+)` `(\{.+\})`) \| (.+?) \|$/gm

interface Row {
  readonly want: string
  readonly tell: (server: CablegramServer) => Promise<void>
  readonly answer: string
}

/** The rows beneath this heading. */
function rowsOf(heading: string): Row[] {
  const [, below = ''] = PAGE.split(`## ${heading}\n`)
  const [table = ''] = below.split('\n## ')
  const rows = [...table.matchAll(ROW)].map(([, want = '', verb, path = '', body, answer = '']): Row => {
    return {
      want,
      answer: answer.replaceAll('`', ''),
      async tell({ info }) {
        if (verb === undefined || body === undefined) return
        const headers = { 'content-type': 'application/json' }
        const told = await fetch(info.console + path, { method: verb, headers, body })
        assert.ok(told.ok, `${want}: ${await told.text()}`)
      },
    }
  })
  const lines = table.match(/^\| /gm)?.length ?? 0
  assert.equal(rows.length, lines - 1, 'every row beneath the head is understood')
  return rows
}

async function world() {
  const server = await startServer({ store: 'memory', testClock: true })
  const client = new TelegramClient(memorySession(), { server: server.info })
  const [app] = server.info.apps
  assert.ok(app)
  const settings = { _: 'codeSettings' } as const
  return {
    server,
    client,
    sendCode: () => client.auth.sendCode({ phoneNumber: PHONE, ...app, settings }),
    async close() {
      await client.close()
      await server.close()
    },
  }
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

for (const { want, tell, answer } of rowsOf('What auth.sendCode answers')) {
  test(`auth.sendCode as the page says: ${want}`, async () => {
    const { server, sendCode, close } = await world()
    await tell(server)
    assert.equal(await answerOf(sendCode()), answer)
    await close()
  })
}

for (const { want, tell, answer } of rowsOf('What next_type says')) {
  test(`next_type as the page says: ${want}`, async () => {
    const { server, sendCode, close } = await world()
    await tell(server)
    const sent = await sendCode()
    assert.equal((sent._ === 'auth.sentCode' && sent.nextType?._) || 'nothing', answer)
    await close()
  })
}

for (const { want, tell, answer } of rowsOf('What auth.signIn answers')) {
  test(`auth.signIn as the page says: ${want}`, async () => {
    const { server, client, sendCode, close } = await world()
    await sendCode()
    const { code, phoneCodeHash } = await server.codes.waitFor(PHONE)
    await tell(server)
    const signIn = client.auth.signIn({ phoneNumber: PHONE, phoneCodeHash, phoneCode: code })
    assert.equal(await answerOf(signIn), answer)
    await close()
  })
}
