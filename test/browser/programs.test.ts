/** The programs of the first day in Chromium, and the echo on every runtime: `examples/programs`, as their files. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CablegramServer, type Person, startServer } from '@cablegram/server'
import type { Browser, Page } from 'playwright-core'
import { Program, programText, servedLoginPage } from '../e2e/program.ts'
import { launch, serveFolder } from './chromium.ts'
import { bundle, makeProject } from './project.ts'
import { RUNTIMES } from './runtimes.ts'

const PHONE = '+9996621234'

const project = makeProject()
let browser: Browser
before(async () => {
  browser = await launch()
})
after(async () => {
  await browser.close()
  project[Symbol.dispose]()
})

/** Runs a test with the account of the programs and somebody who writes to it. */
async function withPeople(
  run: (world: { server: CablegramServer; ada: Person; bob: Person }) => Promise<void>,
  allowOrigin: readonly string[] = [],
): Promise<void> {
  const server = await startServer({ store: 'memory', allowOrigin: [...allowOrigin] })
  try {
    const ada = await server.people.create({ firstName: 'Ada', phone: PHONE })
    await run({ server, ada, bob: await server.people.create({ firstName: 'Bob' }) })
  } finally {
    await server.close()
  }
}

async function assertEcho(ada: Person, bob: Person): Promise<void> {
  await bob.send(ada, 'Hello')
  assert.equal((await bob.next({ from: ada, timeoutMs: 30_000 })).text, 'Hello')
}

for (const [name, runtime] of Object.entries(RUNTIMES)) {
  test(`the echo answers on ${name}`, async () => {
    await withPeople(async ({ server, ada, bob }) => {
      const typed = [PHONE, '22222']
      await using program = new Program('echo', project.folder, server, { runtime, typed })
      await program.says(/Ada gets an answer/)
      await assertEcho(ada, bob)
      await program.kill()
    })
  })
}

async function newPage(errors: unknown[]): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => errors.push(error))
  return page
}

test('the echo answers from a page in Chromium, after a login in the dialog', async () => {
  const folder = join(project.folder, 'echo-page')
  mkdirSync(folder)
  using site = await serveFolder(folder)
  await withPeople(
    async ({ server, ada, bob }) => {
      writeFileSync(join(project.folder, 'echo-page.ts'), programText('echo', server))
      bundle(project, 'echo-page.ts', folder)
      const errors: unknown[] = []
      const page = await newPage(errors)
      await page.goto(site.origin)
      await page.getByLabel('Phone number').fill(PHONE)
      await page.keyboard.press('Enter')
      await page.getByLabel('Code').fill('22222')
      const said = page.waitForEvent('console', { predicate: (message) => message.text().includes('Ada') })
      await page.keyboard.press('Enter')
      await said
      await assertEcho(ada, bob)
      await page.close()
      assert.deepEqual(errors, [])
    },
    [site.origin],
  )
})

test('somebody signs in on the page of the login in Chromium', async () => {
  await withPeople(async ({ server }) => {
    const { program, url } = await servedLoginPage(project.folder, server)
    await using _ = program
    const errors: unknown[] = []
    const page = await newPage(errors)
    await page.goto(url)
    for (const [question, answer] of [
      ['Phone number', PHONE],
      ['Code', '11111'],
      ['Code', '22222'],
    ] as const) {
      await page.getByLabel(question).fill(answer)
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    }
    await page.getByRole('heading', { name: 'You are signed in.' }).waitFor()
    await program.ends()
    await page.close()
    assert.deepEqual(errors, [])
  })
})
