import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { encodeReference, writeTryIt } from '../reference/index.ts'
import { startServer } from '../start/start-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-docs-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const CODE = '<pre class="code ts"><code>http://127.0.0.1:10081 10001</code></pre>'
const HOOK = '<section id="try-it" data-method="auth.sendCode"></section>'
const LONG = `<p>${'long '.repeat(1000)}</p>`
const file = join(folder, 'some.pages')
writeFileSync(
  file,
  await encodeReference(
    [
      { path: '/', text: '<h1>Home</h1>' },
      { path: '/long', text: LONG },
      { path: '/methods/auth.sendCode', text: CODE + HOOK },
      { path: '/404', text: 'No such page. %SUGGESTIONS%' },
    ],
    { layer: 228 },
  ),
)
const SCRIPT = 'export function start() {}'
await writeTryIt(file, SCRIPT, 4)

async function get(base: string, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${base}${path}`, { redirect: 'manual', headers })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

test('the console shows the reference at /docs, with its own values and the form of the method', async () => {
  const server = await startServer({ store: 'memory', reference: file })
  const { console: base } = server.info
  assert.equal((await get(base, '/docs')).headers.get('location'), '/docs/')
  assert.match((await get(base, '/docs/')).text, /Home/)
  const page = await get(base, '/docs/methods/auth.sendCode')
  assert.ok(page.text.includes(`<code>${base} 10001</code>`), page.text)
  assert.ok(page.text.includes('data-method="auth.sendCode" data-script="/docs/try-it.js"></section>'))
  const script = await get(base, '/docs/try-it.js')
  assert.deepEqual(
    [script.text, script.headers.get('content-type')],
    [SCRIPT, 'text/javascript; charset=utf-8'],
  )
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /default-src 'none'.*connect-src 'self' ws:/,
  )
  const old = await get(base, '/docs/API_docs/methods/auth_sendCode.html')
  assert.deepEqual([old.status, old.headers.get('location')], [301, '/docs/methods/auth.sendCode'])
  const wrong = await get(base, '/docs/methods/auth.sendcode')
  assert.equal(wrong.status, 404)
  assert.match(wrong.text, /Did you mean <a href="\/docs\/methods\/auth\.sendCode">/)
  assert.match((await get(base, '/')).text, /href="\/docs\/"/)
  await server.close()
})

test('pages are compressed for readers that take gzip', async () => {
  const server = await startServer({ store: 'memory', reference: file })
  const url = `${server.info.console}/docs/long`
  for (const [accepts, encoding] of [
    ['gzip, br', 'gzip'],
    ['br;q=1, GZIP ; q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['identity', null],
  ] as const) {
    const answer = await fetch(url, { headers: { 'accept-encoding': accepts } })
    assert.equal(answer.headers.get('content-encoding'), encoding, accepts)
    assert.equal(await answer.text(), LONG)
  }
  await server.close()
})

test('traversal and odd addresses are refused', async () => {
  const server = await startServer({ store: 'memory', reference: file })
  const { console: base } = server.info
  for (const path of [
    '/docs/%2e%2e/%2e%2e/etc/passwd',
    '/docs/..%2f..%2fetc%2fpasswd',
    `/docs/${'a'.repeat(5000)}`,
    '/docs/%00',
  ])
    assert.equal((await get(base, path)).status, 404, path)
  assert.equal((await get(base, '/docs/%ff')).status, 400)
  assert.equal((await get(base, '/docs/', { origin: 'http://evil.example' })).status, 403)
  await server.close()
})

test('without the token the pages are there, but not the values of the server', async () => {
  const server = await startServer({ store: 'memory', reference: file, consoleToken: 'secret' })
  const { console: base } = server.info
  assert.ok((await get(base, '/docs/methods/auth.sendCode')).text.includes(CODE))
  const own = await get(base, '/docs/methods/auth.sendCode', { authorization: 'Bearer secret' })
  assert.ok(own.text.includes(`<code>${base} 10001</code>`))
  assert.equal((await get(base, '/server.json')).status, 401)
  await server.close()
})

test('while the reference is made, a page says so and looks again', async () => {
  let finish = () => {}
  const made = new Promise<void>((resolve) => {
    finish = resolve
  })
  const make = async (say: (line: string) => void) => {
    say('rendering 7 of 9 <pages>')
    await made
  }
  const server = await startServer({ store: 'memory', reference: { file, make } })
  const { console: base } = server.info
  const page = await get(base, '/docs/')
  assert.equal(page.status, 503)
  assert.match(page.text, /http-equiv="refresh" content="1"/)
  assert.match(page.text, /rendering 7 of 9 &#60;pages&#62;/)
  finish()
  for (let tries = 0; (await get(base, '/docs/')).status === 503; tries += 1) assert.ok(tries < 100)
  await server.close()
})

test('a damaged file is a page with the next step', async () => {
  const bytes = readFileSync(file)
  bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1
  const damaged = join(folder, 'damaged.pages')
  writeFileSync(damaged, bytes)
  const server = await startServer({ store: 'memory', reference: damaged })
  const page = await get(server.info.console, '/docs/')
  assert.equal(page.status, 503)
  assert.match(page.text, /damaged\.pages is damaged\. Install Cablegram again/)
  await server.close()
})

test('a missing file is a page with the next step; no reference at all is a refusal', async () => {
  const server = await startServer({ store: 'memory', reference: join(folder, 'missing.pages') })
  const page = await get(server.info.console, '/docs/')
  assert.equal(page.status, 503)
  assert.match(page.text, /missing\.pages cannot be read\. Install Cablegram again/)
  await server.close()
  const bare = await startServer({ store: 'memory' })
  const refused = await get(bare.info.console, '/docs/methods/auth.sendCode')
  assert.equal(refused.status, 404)
  assert.match(refused.text, /started without the reference/)
  await bare.close()
})
