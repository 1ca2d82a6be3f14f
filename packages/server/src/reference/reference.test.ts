import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { closeNames, encodeReference, findNames, openReference, withOwnValues } from './index.ts'
import { createLazyReference } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-reference-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function html(title: string, inside: string): string {
  return `<!doctype html>\n<meta name="description" content="About ${title}.">\n<body class="method">\n<main id="main">\n<h1>${title}</h1>\n${inside}\n</main>\n`
}

const SEND_CODE = html(
  'auth.<wbr>sendCode',
  '<p>Sends a <a href="../types/auth.SentCode#x">code</a> &amp; more, or FLOOD_<wbr>WAIT.</p>\n<pre class="code ts" tabindex="0"><code><i class=k>const</i> a = 1</code></pre>',
)
const SEND_CODE_TWIN =
  '---\ntitle: "auth.sendCode"\ndescription: "About auth.<wbr>sendCode."\nkind: method\nlayer: 228\n---\n\n# auth.sendCode\n\nSends a [code](../types/auth.SentCode.md#x) & more, or FLOOD_WAIT.\n\n```ts\nconst a = 1\n```\n'

const FILES = [
  { path: '/style.css', text: 'p{}' },
  { path: '/', text: html('Home', '<p>Hello.</p>') },
  { path: '/methods', text: html('Methods', '<p>All.</p>') },
  { path: '/methods/auth.sendCode', text: SEND_CODE },
  { path: '/methods/auth.sendCode.md', text: SEND_CODE_TWIN },
  { path: '/constructors/user', text: html('user', '<p>A user.</p>') },
  { path: '/types/User', text: html('User', '<p>Users.</p>') },
  { path: '/errors/FLOOD_WAIT_X', text: html('FLOOD_WAIT_X', '<p>Wait.</p>') },
  { path: '/guides/login', text: html('Login', '<blockquote>Odd.</blockquote>') },
  { path: '/guides/login.md', text: '# Login, as it was written\n' },
  { path: '/404', text: '<a href="%BASE%methods">Methods</a> %SUGGESTIONS%' },
]

async function written(name: string): Promise<string> {
  const file = join(folder, name)
  // Small blocks, so that the pages are in several.
  writeFileSync(file, await encodeReference(FILES, { layer: 228, blockBytes: 256 }))
  return file
}

const reference = await openReference(await written('whole.pages'))
after(() => reference.close())

test('every file comes back as it was, with its type', async () => {
  for (const { path, text } of FILES) {
    if (path === '/404') continue
    const { status, body } = await reference.page(path)
    assert.deepEqual([status, body], [200, text], path)
  }
  assert.equal((await reference.page('/style.css')).headers['Content-Type'], 'text/css; charset=utf-8')
  assert.equal(
    (await reference.page('/guides/login.md')).headers['Content-Type'],
    'text/markdown; charset=utf-8',
  )
  assert.equal(
    (await reference.page('/methods/auth.sendCode')).headers['Content-Type'],
    'text/html; charset=utf-8',
  )
})

test('a twin that the HTML gives is not kept', async () => {
  assert.equal(reference.has('/methods/auth.sendCode.md'), false)
  assert.equal(reference.has('/guides/login.md'), true)
  assert.match((await reference.page('/index.md')).body, /^# Home$/m)
})

test('old and odd forms of an address lead to the page', async () => {
  const forms = {
    '/API_docs/methods/auth_sendCode.html': '/methods/auth.sendCode',
    '/API_docs/methods/auth.sendCode.html': '/methods/auth.sendCode',
    '/API_docs/types/User.html': '/types/User',
    '/API_docs/methods/index.html': '/methods',
    '/method/auth.sendCode': '/methods/auth.sendCode',
    '/methods/auth.sendCode.html': '/methods/auth.sendCode',
    '/methods/auth.sendCode/': '/methods/auth.sendCode',
    '/index.html': '/',
  }
  for (const [from, to] of Object.entries(forms)) {
    const { status, headers } = await reference.page(from, '/docs')
    assert.deepEqual([status, headers['Location']], [301, `/docs${to}`], from)
  }
})

test('an unknown address gets the names that are close to it', async () => {
  const wrong = {
    '/methods/auth.sendcode': '<a href="/docs/methods/auth.sendCode">auth.sendCode</a>',
    '/methods/auth.sendCod': '<a href="/docs/methods/auth.sendCode">auth.sendCode</a>',
    '/types/user': '<a href="/docs/types/User">User</a>',
    '/sendCode': '<a href="/docs/methods/auth.sendCode">auth.sendCode</a>',
  }
  for (const [path, link] of Object.entries(wrong)) {
    const { status, body } = await reference.page(path, '/docs')
    assert.equal(status, 404)
    assert.ok(body.includes(`Did you mean ${link}?`), `${path}: ${body}`)
    assert.ok(body.includes('<a href="/docs/methods">'))
  }
})

test('absurd addresses are not found, and nothing of them is repeated', async () => {
  for (const path of [
    '/../../etc/passwd',
    '/404',
    '//',
    '',
    '/<script>x</script>',
    `/methods/${'a'.repeat(100_000)}`,
    '/\0',
    '/__proto__',
  ]) {
    const { status, body } = await reference.page(path)
    assert.ok(status === 404 || path === '//' || path === '', `${path.slice(0, 40)}: ${status}`)
    assert.ok(!body.includes('<script'))
  }
})

test('a namespace has its page, and words suggest the methods that have them', () => {
  const methods = ['messages.sendMessage', 'auth.sendCode', 'account.sendVerifyEmailCode', 'auth.signIn']
  const paths = ['/namespaces/auth', '/guides/auth', '/constructors/sendAsPeer'].concat(
    methods.map((name) => `/methods/${name}`),
  )
  assert.deepEqual(findNames({ paths: ['/namespaces/auth'] }, 'auth'), ['/namespaces/auth'])
  assert.deepEqual(findNames({ paths }, 'auth'), ['/guides/auth', '/namespaces/auth'])
  assert.deepEqual(closeNames({ paths }, 'send'), [
    'auth.sendCode',
    'messages.sendMessage',
    'account.sendVerifyEmailCode',
  ])
  assert.deepEqual(closeNames({ paths }, 'send message'), ['messages.sendMessage'])
  assert.deepEqual(closeNames({ paths }, 'x'.repeat(100_000)), [])
})

test('a bare name finds its page: methods first, numbers in errors read as X', () => {
  assert.deepEqual(findNames(reference, 'auth.sendCode'), ['/methods/auth.sendCode'])
  assert.deepEqual(findNames(reference, 'FLOOD_WAIT_30'), ['/errors/FLOOD_WAIT_X'])
  assert.deepEqual(findNames(reference, 'login'), ['/guides/login'])
  assert.deepEqual(findNames({ paths: ['/calls', '/calls/sendFile'] }, 'sendFile'), ['/calls/sendFile'])
  assert.deepEqual(findNames(reference, 'nothing'), [])
  assert.deepEqual(closeNames(reference, 'auth.sendcode'), ['auth.sendCode'])
})

const isInvalid = (error: unknown) =>
  error instanceof UsageError &&
  error.code === 'REFERENCE_INVALID' &&
  /Install Cablegram again/.test(error.message)

test('a file that is missing, of another kind, cut off or damaged is a clear error', async () => {
  await assert.rejects(openReference(join(folder, 'missing.pages')), isInvalid)
  await assert.rejects(openReference(folder), isInvalid)
  const bytes = readFileSync(await written('good.pages'))
  const broken = async (name: string, content: Uint8Array) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }
  await assert.rejects(openReference(await broken('empty.pages', new Uint8Array())), isInvalid)
  await assert.rejects(openReference(await broken('other.pages', Buffer.alloc(1000, 'x'))), isInvalid)
  await assert.rejects(openReference(await broken('cut.pages', bytes.subarray(0, 60))), isInvalid)
  const flipped = Buffer.from(bytes)
  flipped[50] = (flipped[50] ?? 0) ^ 1
  await assert.rejects(openReference(await broken('index.pages', flipped)), isInvalid)
  const tail = Buffer.from(bytes)
  tail[tail.length - 3] = (tail[tail.length - 3] ?? 0) ^ 1
  const opened = await openReference(await broken('block.pages', tail))
  await assert.rejects(opened.page('/x'), isInvalid)
  await opened.close()
  const short = await openReference(await broken('short.pages', bytes.subarray(0, bytes.length - 1)))
  await assert.rejects(short.page('/x'), isInvalid)
  await short.close()
})

test('own values replace those of the test server in code, and nowhere else', () => {
  const test = { apiId: 10_001, apiHash: 'abc' }
  const own = { console: 'http://127.0.0.1:9', apiId: 7, apiHash: 'xyz' }
  const code =
    '<pre class="code ts" tabindex="0"><code>\'http://127.0.0.1:10081\' 10001 100012 \'abc\'</code></pre>'
  assert.equal(
    withOwnValues(`<p>10001</p>${code}`, own, test),
    '<p>10001</p><pre class="code ts" tabindex="0"><code>\'http://127.0.0.1:9\' 7 100012 \'xyz\'</code></pre>',
  )
  assert.equal(
    withOwnValues('```lua\napi_id = 10001\n```\n\n```wire\n10001\n```', own, test),
    '```lua\napi_id = 7\n```\n\n```wire\n10001\n```',
  )
})

test('commands name a server that is not at the default address; those that start one do not', () => {
  const test = { apiId: 10_001, apiHash: 'abc' }
  const own = { ...test, console: 'http://127.0.0.1:9' }
  const lines = {
    '<code>npx cablegram rule 999662 --ban</code>':
      '<code>npx cablegram rule --server http://127.0.0.1:9 999662 --ban</code>',
    '<code>npx cablegram clock advance 1d</code>':
      '<code>npx cablegram clock advance --server http://127.0.0.1:9 1d</code>',
    '<pre class="code sh"><code>id=$(<i class=f>npx </i><i class=s>cablegram call a.b --get id</i>)</code></pre>':
      '<pre class="code sh"><code>id=$(<i class=f>npx </i><i class=s>cablegram call --server http://127.0.0.1:9 a.b --get id</i>)</code></pre>',
    '```lua\n-- Run: npx cablegram lua a.lua\n```':
      '```lua\n-- Run: npx cablegram lua --server http://127.0.0.1:9 a.lua\n```',
    '`npx cablegram codes` shows': '`npx cablegram codes --server http://127.0.0.1:9` shows',
    '<code>npx cablegram serve --memory</code>': '<code>npx cablegram serve --memory</code>',
    '<code>npx cablegram docs auth</code>': '<code>npx cablegram docs auth</code>',
    '`npx cablegram call a.b --server test`': '`npx cablegram call a.b --server test`',
    'A page about npx cablegram call': 'A page about npx cablegram call',
  }
  for (const [printed, shown] of Object.entries(lines)) assert.equal(withOwnValues(printed, own, test), shown)
  const atHome = { ...own, console: 'http://127.0.0.1:10081', apiId: 7 }
  assert.equal(
    withOwnValues('<code>npx cablegram app set 10001 --ttl 1</code>', atHome, test),
    '<code>npx cablegram app set 7 --ttl 1</code>',
  )
})

test('a reference is made at the first visit, and only once', async () => {
  const file = join(folder, 'made.pages')
  let runs = 0
  let release = () => {}
  const lazy = createLazyReference({
    file,
    isOutdated: () => true,
    async make(say) {
      runs += 1
      say('rendering …')
      await new Promise<void>((resolve) => {
        release = resolve
      })
      await written('made.pages')
    },
  })
  assert.deepEqual(await lazy.state(), { at: 'making', doing: 'rendering …' })
  assert.equal((await lazy.state()).at, 'making')
  release()
  while ((await lazy.state()).at === 'making') await new Promise((resolve) => setImmediate(resolve))
  assert.equal((await lazy.state()).at, 'open')
  assert.equal(runs, 1)
  await lazy.close()
})

test('the end of a server ends the making of its reference, too', async () => {
  let said: AbortSignal | undefined
  let end = () => {}
  const lazy = createLazyReference({
    file: join(folder, 'never.pages'),
    make(_, signal) {
      said = signal
      return new Promise((resolve) => {
        end = resolve
      })
    },
  })
  assert.equal((await lazy.state()).at, 'making')
  await lazy.close()
  assert.equal(said?.aborted, true)
  end()
})

test('a failed making says why, and the next visit tries again', async () => {
  let runs = 0
  const lazy = createLazyReference({
    file: join(folder, 'never.pages'),
    async make() {
      runs += 1
      throw new Error('npm is not there')
    },
  })
  assert.equal((await lazy.state()).at, 'making')
  const failed = await lazy.state()
  assert.equal(failed.at === 'failed' && failed.error.message, 'npm is not there')
  assert.equal((await lazy.state()).at, 'making')
  assert.equal(runs, 2)
})
