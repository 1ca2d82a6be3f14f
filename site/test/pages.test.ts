import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { siteScript, styleSheet } from '../src/build/scripts.ts'
import { createRenderer } from '../src/render/index.ts'
import { allPages, model, rendered } from './built.ts'

interface Seen {
  readonly ids: ReadonlySet<string>
  readonly links: readonly string[]
  readonly twinLinks: readonly string[]
}

const MAX_PAGE_BYTES = 20 * 1024
/** The guide of all login errors is one long table. */
const MAX_GUIDE_BYTES = 22 * 1024
const ASSETS = new Set(['/style.css', '/site.js', '/llms.txt', '/search'])

const everything = new Map<string, Seen>()
const heaviest = { path: '', bytes: 0 }
const tooHeavy: string[] = []
const loaded: string[] = []
const assetBytes = gzipSync(await siteScript()).length + gzipSync(await styleSheet()).length

for (const [path, { html, markdown }] of allPages()) {
  const bytes = gzipSync(html).length + assetBytes
  if (bytes > (path.startsWith('/guides/') ? MAX_GUIDE_BYTES : MAX_PAGE_BYTES))
    tooHeavy.push(`${path}: ${bytes}`)
  if (bytes > heaviest.bytes) Object.assign(heaviest, { path, bytes })
  everything.set(path, {
    ids: new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id)),
    links: [...html.matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, href = '']) => href),
    twinLinks: markdownLinks(markdown),
  })
  loaded.push(
    ...[...html.matchAll(/(?:src|href)="(https?:[^"]+)"[^>]*(?:rel=|<\/script>)/g)].map(
      ([, url = '']) => url,
    ),
  )
}

function markdownLinks(markdown: string): string[] {
  const text = markdown.replace(/^```[\s\S]*?^```$/gm, '')
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, href = '']) => href)
}

function resolved(from: string, href: string): { path: string; fragment: string } {
  const [path = '', fragment = ''] = href.split('#')
  const at = path === '' ? from : posix.resolve(posix.dirname(from === '/' ? '/x' : from), path)
  return { path: at, fragment: decodeURIComponent(fragment) }
}

test('every name of the schema and every error has a page', () => {
  assert.equal(model.methods.size, 807)
  assert.equal([...everything.keys()].filter((path) => path.startsWith('/methods/')).length, 807)
  assert.equal(
    [...everything.keys()].filter((path) => path.startsWith('/constructors/')).length,
    model.constructors.size,
  )
  assert.equal(
    [...everything.keys()].filter((path) => path.startsWith('/types/')).length,
    model.types.size + 1,
  )
  assert.equal(
    [...everything.keys()].filter((path) => path.startsWith('/errors/')).length,
    model.errors.byName.size + 1,
  )
})

test('no internal link is broken, and every fragment names a place', () => {
  const broken: string[] = []
  for (const [from, { links }] of everything) {
    for (const href of links) {
      if (/^(?:https?|mailto|data):/.test(href)) continue
      const { path, fragment } = resolved(from, href)
      const isTwin = path.endsWith('.md')
      const target = everything.get(isTwin ? path.slice(0, -3).replace(/^\/index$/, '/') : path)
      const isThere = ASSETS.has(path) || target !== undefined
      if (!isThere || (fragment !== '' && !target?.ids.has(fragment))) broken.push(`${from}: ${href}`)
    }
  }
  assert.deepEqual(broken, [])
})

test('the links of the Markdown twins lead to twins', () => {
  const broken: string[] = []
  for (const [from, { twinLinks }] of everything) {
    for (const href of twinLinks) {
      if (/^(?:https?|mailto):|^#/.test(href)) continue
      const { path } = resolved(from, href)
      const page = path.replace(/\.md$/, '').replace(/^\/index$/, '/')
      if (!path.endsWith('.md') || !everything.has(page)) broken.push(`${from}: ${href}`)
    }
  }
  assert.deepEqual(broken, [])
})

test('names that differ only in case never share a folder', () => {
  const lower = [...everything.keys()].map((path) => path.toLowerCase())
  assert.equal(new Set(lower).size, lower.length)
})

test('no page loads anything from another host', () => assert.deepEqual(loaded, []))

test('each page has at most 20 KiB, compressed, with its style and script; a guide 22 KiB', () => {
  console.log(`heaviest page: ${heaviest.path}, ${(heaviest.bytes / 1024).toFixed(1)} KiB`)
  assert.deepEqual(tooHeavy, [])
})

test('pages have landmarks, one h1, a language and a title', () => {
  for (const path of [
    '/',
    '/methods/auth.sendCode',
    '/errors/FLOOD_WAIT_X',
    '/types/auth.SentCode',
    '/methods',
  ]) {
    const { html } = rendered(path)
    for (const part of [
      '<html lang="en">',
      '<main id="main">',
      '<header>',
      '<footer>',
      'role="search"',
      'class="skip"',
    ])
      assert.ok(html.includes(part), `${path} lacks ${part}`)
    assert.equal([...html.matchAll(/<h1/g)].length, 1)
  }
})

test('no page that is published has a sentence of core.telegram.org', () => {
  assert.equal(model.isBorrowing, false)
  for (const path of ['/methods/messages.sendMessage', '/constructors/user'])
    assert.ok(!rendered(path).html.includes('°'))
})

test('an address that leads nowhere has no page', async () => {
  const renderer = await createRenderer()
  const wrong = [
    '/methods/auth.sendcode',
    '/methods/',
    '/methods',
    '/constructor/x',
    '/x',
    '/methods/../types/User',
    '',
  ]
  assert.deepEqual(
    wrong.filter((path) => renderer.renderPage(model, path) !== undefined),
    ['/methods'],
  )
})

test('a page of an error names the method of each row, those of the local server first', () => {
  const { markdown, html } = rendered('/errors/PHONE_CODE_INVALID')
  const headings = [...markdown.matchAll(/^## (.*PHONE_CODE_INVALID)$/gm)].map(([, text = '']) => text)
  assert.ok(headings.length > 1)
  assert.equal(new Set(headings).size, headings.length)
  assert.match(headings[0] ?? '', /^auth\.signIn\b.*: 400 PHONE_CODE_INVALID$/)
  assert.ok(!/^\| \*\*[^|]*\| (?:–|No advice yet\.) \|$/m.test(markdown))
  assert.ok(html.includes('PHONE_<wbr>CODE_<wbr>INVALID'))
  assert.match(rendered('/errors/FLOOD_WAIT_X').markdown, /Telegram, for any method/)
})

test('a page says what each form of an example prints', () => {
  assert.match(
    rendered('/methods/auth.sendCode').markdown,
    /The programs in TypeScript and Lua print:\n\n```text\n.*\n```\n\nThe command line prints the whole answer as JSON\./,
  )
  assert.match(rendered('/methods/invokeAfterMsg').markdown, /The command line reports the same error\./)
})

test('a page says whether a login that waits for its password may call the method', () => {
  const callers = (method: string) =>
    /\*\*Callers\*\* \| (.*) \|/.exec(rendered(`/methods/${method}`).markdown)?.[1] ?? ''
  for (const method of ['auth.checkPassword', 'auth.requestPasswordRecovery', 'account.getPassword'])
    assert.match(callers(method), /While a login waits for its password: \*\*yes\*\*\./)
  assert.match(callers('auth.sendCode'), /Before signing in: \*\*yes\*\*\.$/)
  assert.match(callers('updates.getState'), /Before signing in: \*\*no\*\*/)
})

test('an error of the console says so', () => {
  const { markdown } = rendered('/errors/USERNAME_INVALID')
  assert.match(markdown, /^## The console: 400 USERNAME_INVALID$/m)
  assert.match(markdown, /^Only requests of the console and its commands are refused with it\.$/m)
})

test('an error with a row of its own is not listed again among those of any method', () => {
  const { markdown } = rendered('/methods/auth.sendCode')
  assert.match(markdown, /^\| 420 \[FLOOD_WAIT_X\]/m)
  const [, names = ''] = /errors of \[any method\][^:]*: (.*)/.exec(markdown) ?? []
  assert.ok(names.includes('`SESSION_REVOKED`'))
  assert.ok(!names.includes('`FLOOD_WAIT_X`'))
})
