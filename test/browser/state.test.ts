import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { StateStorage } from '@cablegram/client'
import type { Browser, Page } from 'playwright-core'
import { type StatePlace, testStateStorage } from '../contracts/state-storage.ts'
import { type FolderServer, launch, serveFolder } from './chromium.ts'
import { buildPage, makeProject } from './project.ts'

const project = makeProject()
const { folder } = buildPage(project, 'esbuild')
let browser: Browser
let site: FolderServer
let page: Page
before(async () => {
  browser = await launch()
  site = await serveFolder(folder)
  page = await browser.newPage()
  await page.goto(site.origin)
  await page.waitForFunction(() => 'page' in globalThis)
})
after(async () => {
  await browser.close()
  site[Symbol.dispose]()
  project[Symbol.dispose]()
})

/** Calls a function of the page. */
function ask(name: string, ...args: readonly unknown[]): Promise<unknown> {
  return page.evaluate(
    ([called, given]) => {
      const handle: Record<string, (...more: readonly unknown[]) => unknown> = Reflect.get(globalThis, 'page')
      return handle[String(called)]?.(...(given as readonly unknown[]))
    },
    [name, args],
  )
}

const state: StateStorage = {
  name: 'IndexedDB',
  open: () => Promise.resolve(),
  async get(key) {
    const value = await ask('stateGet', key)
    return typeof value === 'string' ? value : undefined
  },
  write: async (changes) => void (await ask('stateWrite', [...changes])),
  close: () => Promise.resolve(),
}

let names = 0
function newPlace(): Promise<StatePlace> {
  names += 1
  const name = `state ${names}`
  return Promise.resolve({
    async open() {
      await ask('stateOpen', name)
      return state
    },
    close: async () => void (await ask('stateClose')),
  })
}

testStateStorage('IndexedDB', newPlace)

test('IndexedDB: two sessions of a page have states of their own', async () => {
  const [first, second] = [await newPlace(), await newPlace()]
  await (await first.open()).write(new Map([['a', 'first']]))
  await first.close()
  await second.open()
  assert.equal(await state.get('a'), undefined)
  await second.close()
})

test('IndexedDB: a session of a page that had no states yet is still there', async () => {
  await ask('makeOldDatabase')
  await ask('stateOpen', 'old')
  await state.write(new Map([['a', '1']]))
  assert.equal(await state.get('a'), '1')
  await ask('stateClose')
  assert.equal(await ask('textOfOld'), 'as before')
})

test('IndexedDB: a session under a passphrase is sealed, and opens with that only', async () => {
  const sealed = (passphrase: string, text?: string) =>
    ask('sealed', 'sealed', passphrase, 'name/ada', text) as Promise<{
      value?: object
      error?: { code: string }
    }>
  assert.deepEqual((await sealed('correct horse', 'a secret')).value, { found: undefined, state: 'a secret' })
  const stored = String(await ask('allStored'))
  assert.match(stored, /cablegram-sealed-session/)
  assert.doesNotMatch(stored, /a secret|name\/ada/)
  assert.equal((await sealed('battery staple')).error?.code, 'SESSION_PASSPHRASE')
  assert.deepEqual((await sealed('correct horse')).value, { found: 'a secret', state: 'a secret' })
})
