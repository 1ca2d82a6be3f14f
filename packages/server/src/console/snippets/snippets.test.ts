import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '../../index.ts'
import { SNIPPET_NAMES, snippetsFor } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-snippets-'))
after(() => rmSync(folder, { recursive: true }))

const server = await startServer({ dcs: 3 })
const { dcs, apps } = server.info
const snippets = snippetsFor(server.info)
await server.close()

test('each of eight libraries has a snippet', () => {
  assert.deepEqual(
    SNIPPET_NAMES.map(({ name }) => name),
    ['gramjs', 'mtcute', 'tdlib', 'telethon', 'kurigram', 'gotd', 'mtkruto', 'cablegram'],
  )
})

for (const { title, code, install, run, file } of snippets) {
  test(`the snippet for ${title} names this server and says how to run it`, () => {
    const home = dcs.find(({ id }) => id === 2)
    for (const text of [home?.port, apps[0]?.apiId, apps[0]?.apiHash, install, run, `Save as ${file}.`]) {
      assert.ok(code.includes(String(text)), String(text))
    }
    assert.doesNotMatch(code, /undefined|\[object|\$\{(host|port|apiId|pem|dcId)/)
  })
}

for (const { title, code, file } of snippets.filter((snippet) => /js$/.test(snippet.file))) {
  test(`the snippet for ${title} is JavaScript`, () => {
    const path = join(folder, file)
    writeFileSync(path, code)
    execFileSync(process.execPath, ['--check', path])
  })
}
