import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type FolderServer, launch, serveFolder } from './chromium.ts'
import { type BuiltPage, type Bundler, buildPage, makeProject } from './project.ts'

interface Outcome {
  readonly value?: Record<string, unknown>
  readonly error?: { kind?: string; name: string; code: number | string; type?: string; message: string }
  readonly ms: number
}

const project = makeProject()
const built: Record<Bundler, BuiltPage> = {
  esbuild: buildPage(project, 'esbuild'),
  vite: buildPage(project, 'vite'),
}
let browser: Browser
before(async () => {
  browser = await launch()
})
after(async () => {
  await browser.close()
  project[Symbol.dispose]()
})

interface Stage {
  readonly site: FolderServer
  readonly server: CablegramServer
  readonly context: BrowserContext
  readonly page: Page
  /** Everything that the page has written to its console. */
  readonly said: string[]
}

/** Runs a test on a built page of its own origin and a server that lets that origin in. */
async function onPage(bundler: Bundler, run: (stage: Stage) => Promise<void>): Promise<void> {
  using site = await serveFolder(built[bundler].folder)
  const server = await startServer({ store: 'memory', allowOrigin: [site.origin] })
  const context = await browser.newContext()
  try {
    const said: string[] = []
    await run({ site, server, context, page: await newTab(context, site, said), said })
  } finally {
    await context.close()
    await server.close()
  }
}

async function newTab(context: BrowserContext, site: FolderServer, said: string[] = []): Promise<Page> {
  const page = await context.newPage()
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  await page.goto(site.origin)
  await page.waitForFunction(() => 'page' in globalThis)
  return page
}

/** Calls a function of the page. */
function ask(page: Page, name: string, ...args: readonly unknown[]): Promise<Outcome> {
  return page.evaluate(
    ([called, given]) => {
      const handle: Record<string, (...more: readonly unknown[]) => unknown> = Reflect.get(globalThis, 'page')
      return handle[String(called)]?.(...(given as readonly unknown[])) as Promise<never>
    },
    [name, args],
  )
}

const call = (page: Page, method: string, params: object) => ask(page, 'call', method, params)

for (const bundler of ['esbuild', 'vite'] as const) {
  test(`${bundler} builds the page without a warning, and without a word of Node`, () => {
    assert.equal(built[bundler].said, '')
    const total = (size: 'bytes' | 'gzipBytes' | 'brotliBytes') =>
      built[bundler].files.reduce((sum, file) => sum + file[size], 0)
    const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`
    console.log(
      `${bundler}: ${built[bundler].files.length} scripts, minified ${kib(total('bytes'))}, gzip ${kib(total('gzipBytes'))}, brotli ${kib(total('brotliBytes'))}`,
    )
  })

  test(`on a page of ${bundler} a user signs up, is refused a wrong code, hears of news and comes back after a reload`, async () => {
    await onPage(bundler, async ({ site, server, context, page, said }) => {
      const options = { server: server.info.console }
      const phoneNumber = '+9996621234'
      const times: string[] = []
      const note = (what: string, { ms, error }: Outcome) => {
        assert.equal(error, undefined, `${what}: ${error?.message}`)
        times.push(`${what} ${ms} ms`)
      }
      note('connect', await ask(page, 'openStored', options, 'me'))
      const { apiId, apiHash } = server.info.apps[0] ?? assert.fail()
      const settings = { _: 'codeSettings' }
      const sent = await call(page, 'auth.sendCode', { phoneNumber, apiId, apiHash, settings })
      note('sendCode', sent)
      const phoneCodeHash = sent.value?.['phoneCodeHash']
      const wrong = await call(page, 'auth.signIn', { phoneNumber, phoneCodeHash, phoneCode: '11111' })
      assert.deepEqual(
        [wrong.error?.kind, wrong.error?.name, wrong.error?.code, wrong.error?.type],
        ['RpcError', 'RpcError', 400, 'PHONE_CODE_INVALID'],
      )
      note('signIn', await call(page, 'auth.signIn', { phoneNumber, phoneCodeHash, phoneCode: '22222' }))
      note(
        'signUp',
        await call(page, 'auth.signUp', { phoneNumber, phoneCodeHash, firstName: 'Ada', lastName: '' }),
      )
      note('235 countries, unpacked', await call(page, 'help.getCountriesList', { langCode: 'en', hash: 0 }))

      // The code of another login is a message to this one.
      await using other = new TelegramClient(memorySession(), { server: server.info })
      await other.connect()
      await other.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } })
      await page.waitForFunction(() =>
        JSON.stringify(Reflect.get(globalThis, 'page').updates).includes('Login code'),
      )

      const second = await newTab(context, site)
      const inUse = await ask(second, 'openStored', options, 'me')
      assert.deepEqual([inUse.error?.kind, inUse.error?.code], ['SessionError', 'SESSION_IN_USE'])
      await second.close()

      await page.reload()
      await page.waitForFunction(() => 'page' in globalThis)
      note('connect after a reload', await ask(page, 'openStored', options, 'me'))
      const self = await call(page, 'users.getUsers', { id: [{ _: 'inputUserSelf' }] })
      assert.match(JSON.stringify(self.value), /"firstName":"Ada"/)
      assert.deepEqual(said, [])
      console.log(`${bundler}: ${times.join(', ')}`)
    })
  })
}

test('a page can use HTTP, and temporary keys; TCP is refused with the reason', async () => {
  await onPage('esbuild', async ({ server, page }) => {
    const options = { server: server.info.console, pfs: true }
    const overHttp = await ask(page, 'open', { ...options, transport: 'http' })
    assert.equal(overHttp.error, undefined, overHttp.error?.message)
    const answers = { phone: '+9996621235', code: '22222', name: { firstName: 'Eve' } }
    const user = await ask(page, 'startPrompts', answers)
    assert.equal(user.value?.['firstName'], 'Eve', user.error?.message)
    await ask(page, 'close')
    const overTcp = await ask(page, 'open', { ...options, transport: 'tcp' })
    assert.equal(overTcp.error?.code, 'OPTION_INVALID')
    assert.match(overTcp.error?.message ?? '', /cannot open TCP/)
    const file = await ask(page, 'open', options)
    assert.equal(file.error, undefined)
    const incomplete = await ask(page, 'startPrompts', { phone: '+9996621236' })
    assert.equal(incomplete.error?.code, 'PROMPT_INVALID')
  })
})

test('a page that the console does not let in is told how to be', async () => {
  using site = await serveFolder(built.esbuild.folder)
  const server = await startServer({ store: 'memory' })
  const context = await browser.newContext()
  try {
    const page = await newTab(context, site)
    const refused = await ask(page, 'open', { server: server.info.console })
    assert.equal(refused.error?.code, 'SERVER_UNREACHABLE')
    assert.ok(refused.error?.message.includes(`--allow-origin ${site.origin}`), refused.error?.message)
    // Described in place, it needs no console: the port of MTProto takes every origin.
    const { console: _, ...described } = server.info
    const direct = await ask(page, 'open', { server: described })
    assert.equal(direct.error, undefined, direct.error?.message)
  } finally {
    await context.close()
    await server.close()
  }
})
