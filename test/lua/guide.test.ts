import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startCablegram } from '@cablegram/fixtures'
import { runLua } from '@cablegram/lua'

const GUIDE = readFileSync(new URL('../../site/guides/lua.md', import.meta.url), 'utf8')

/** The scripts of the guide, each with what the page shows below it. */
const SCRIPTS = [...GUIDE.matchAll(/^```lua\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)]

test('every script of the guide runs, and prints what the page shows', async () => {
  assert.equal(SCRIPTS.length, 7)
  for (const [, code = '', shown] of SCRIPTS) {
    await using cablegram = await startCablegram({ users: [] })
    const lines: string[] = []
    let sending: Promise<void> | undefined
    const print = (line: string) => {
      lines.push(line)
      // The script waits for an update: a login on another client sends its code as a message.
      if (line === 'waiting') sending = sendCode(cablegram)
    }
    assert.equal(await runLua(cablegram.client, code, { name: 'guide.lua', print }), 0)
    await sending
    if (shown === undefined) assert.match(lines.join('\n'), /^waiting\nLogin code: \d+/)
    else assert.equal(lines.map((line) => `${line}\n`).join(''), shown)
  }
})

async function sendCode({ app, newClient }: Awaited<ReturnType<typeof startCablegram>>): Promise<void> {
  const settings = { _: 'codeSettings' } as const
  await newClient().auth.sendCode({ phoneNumber: '+9996621234', ...app, settings })
}
