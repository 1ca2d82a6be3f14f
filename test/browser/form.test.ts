import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { acceptLogin, memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Browser, Page } from 'playwright-core'
import { encode } from 'uqr'
import { type FolderServer, launch, serveFolder } from './chromium.ts'
import { buildPage, makeProject } from './project.ts'

const project = makeProject()
const built = buildPage(project, 'esbuild')
/** Where to put pictures of the form; none are made without it. */
const pictures = process.env['SCREENSHOTS']

let browser: Browser
before(async () => {
  browser = await launch()
})
after(async () => {
  await browser.close()
  project[Symbol.dispose]()
})

interface Stage {
  readonly page: Page
  readonly server: CablegramServer
  readonly site: FolderServer
  /** What is in the inbox for a number. */
  readonly codeFor: (phone: string) => Promise<string>
}

async function onForm(run: (stage: Stage) => Promise<void>, options: object = {}): Promise<void> {
  using site = await serveFolder(built.folder)
  const server = await startServer({ store: 'memory', allowOrigin: [site.origin], ...options })
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    await openPage(page, site, server)
    const codeFor = async (phone: string) => (await server.codes.waitFor(phone)).code
    await run({ page, server, site, codeFor })
    assert.deepEqual(errors, [])
  } finally {
    await context.close()
    await server.close()
  }
}

async function openPage(page: Page, site: FolderServer, server: CablegramServer): Promise<void> {
  await page.goto(site.origin)
  await page.waitForFunction(() => 'page' in globalThis)
  await page.evaluate(
    (console) => Reflect.get(globalThis, 'page').openStored({ server: console }, 'form'),
    server.info.console,
  )
}

const start = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'page').startForm())
/** The user who is signed in at the end, or the error. */
const ended = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'page').ended())

const title = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()

/** A problem is shown, and the form takes the next answer: until then it selects what was typed. */
async function problem(page: Page, text: string): Promise<void> {
  await page.getByRole('alert').filter({ hasText: text }).waitFor()
  await page.locator('button[type=submit]:enabled').waitFor()
}

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

/** Pictures for people: wide and narrow, light and dark. */
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, width] of [
      ['wide', 900],
      ['narrow', 320],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 560 })
      await page.screenshot({ path: `${pictures}/${name}-${size}-${colorScheme}.png` })
    }
  }
}

test('the form is walked by keyboard: a wrong number, a wrong code, the right one, a new user', async () => {
  await onForm(async ({ page, codeFor }) => {
    await start(page)
    await title(page, 'Sign in')
    await picture(page, 'phone')
    await page.keyboard.press('Tab')
    assert.equal(await page.getByLabel('Phone number').evaluate((field) => field.matches(':focus')), true)
    await type(page, '123')
    await problem(page, 'not a phone number. Check the country code')
    assert.equal(await page.getByLabel('Phone number').getAttribute('aria-invalid'), 'true')
    // The wrong number is selected: typing replaces it.
    await type(page, '+999 662 1234')
    await title(page, 'Enter the code')
    await page.getByText('The code went by SMS').waitFor()
    assert.equal(await page.getByLabel('Code').evaluate((field) => field.matches(':focus')), true)
    const resend = page.getByRole('button', {
      name: /^No code\? Ask for a call that tells you the code in \d+ s$/,
    })
    assert.equal(await resend.isDisabled(), true)
    await page.keyboard.press('Enter')
    await problem(page, 'Something has to be typed here')
    await type(page, '11111')
    await problem(page, 'This is not the code')
    await picture(page, 'wrong-code')
    await type(page, await codeFor('+9996621234'))
    await title(page, 'Sign up')
    await picture(page, 'sign-up')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Tab')
    await type(page, 'Lovelace')
    const { value } = await ended(page)
    assert.deepEqual([value.firstName, value.lastName], ['Ada', 'Lovelace'])
    assert.equal(await page.getByRole('heading').count(), 0, 'the form is gone')
  })
})

test('a login that a reload interrupts goes on with its code; another number can be given', async () => {
  await onForm(async ({ page, site, server, codeFor }) => {
    await start(page)
    await page.getByLabel('Phone number').fill('+9996621234')
    await page.keyboard.press('Enter')
    await title(page, 'Enter the code')
    await openPage(page, site, server)
    await start(page)
    await title(page, 'Enter the code')
    await page.getByRole('button', { name: 'Use another number' }).press('Enter')
    await title(page, 'Sign in')
    await type(page, '+9996621235')
    await title(page, 'Enter the code')
    await type(page, await codeFor('+9996621235'))
    await title(page, 'Sign up')
    await type(page, 'Eve')
    assert.equal((await ended(page)).value.firstName, 'Eve')
  })
})

test('the password of two-step verification is proven in the browser', async () => {
  await onForm(async ({ page, server, codeFor }) => {
    await server.users.create({
      phone: '+9996621234',
      firstName: 'Ada',
      password: 'correct horse',
      passwordHint: 'a horse',
    })
    await start(page)
    await page.getByLabel('Phone number').fill('+9996621234')
    await page.keyboard.press('Enter')
    await title(page, 'Enter the code')
    await type(page, await codeFor('+9996621234'))
    await title(page, 'Enter your password')
    await page.getByText('Hint: a horse').waitFor()
    await type(page, 'wrong horse')
    await problem(page, 'This is not the password')
    await picture(page, 'password')
    const startedMs = performance.now()
    await type(page, 'correct horse')
    assert.equal((await ended(page)).value.firstName, 'Ada')
    console.log(`password (PBKDF2 and SRP) in the browser: ${Math.round(performance.now() - startedMs)} ms`)
  })
})

test('a QR code is shown as it would be drawn elsewhere, and a scan signs in', async () => {
  await onForm(async ({ page, server }) => {
    await using phone = new TelegramClient(memorySession(), { server: server.info })
    await phone.start({
      phone: async () => '+9996621234',
      code: async () => '22222',
      name: async () => ({ firstName: 'Ada' }),
    })
    await start(page)
    await page.getByRole('button', { name: 'Sign in with a QR code' }).press('Enter')
    await page.getByRole('img', { name: 'QR code' }).waitFor()
    await picture(page, 'qr')
    const { url } = await page.evaluate(() => Reflect.get(globalThis, 'page').state())
    const drawn = await page.locator('.qr path').getAttribute('d')
    const dark = encode(url, { border: 4 }).data.flatMap((row, y) =>
      row.flatMap((is, x) => (is ? [`M${x} ${y}h1v1h-1z`] : [])),
    )
    assert.equal(drawn, dark.join(''))
    await acceptLogin(phone, url)
    assert.equal((await ended(page)).value.firstName, 'Ada')
  })
})

test('a banned number is told so, and a wait how long it is', async () => {
  await onForm(async ({ page, server }) => {
    server.faults.add({ method: 'auth.sendCode', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 1 })
    server.faults.add({
      method: 'auth.sendCode',
      error: { code: 400, type: 'PHONE_NUMBER_BANNED' },
      times: 1,
    })
    await start(page)
    await page.getByLabel('Phone number').fill('+9996621234')
    await page.keyboard.press('Enter')
    await problem(page, 'Wait 30 seconds')
    await page.keyboard.press('Enter')
    await problem(page, 'banned. Use another number')
  })
})

test('start() without answers shows the form in a dialog, and Escape gives the login up', async () => {
  await onForm(async ({ page }) => {
    await page.evaluate(() => Reflect.get(globalThis, 'page').startDialog())
    await page.getByRole('dialog', { name: 'Sign in' }).waitFor()
    await picture(page, 'dialog')
    await page.keyboard.press('Escape')
    const { error } = await ended(page)
    assert.equal(error.code, 'LOGIN_UNSUPPORTED')
    assert.equal(await page.getByRole('dialog').count(), 0)
  })
})

test('a login e-mail is set up with its code', async () => {
  await onForm(async ({ page, server }) => {
    await server.phoneRules.put('999662', { rule: 'channels', channels: ['setUpEmail', 'sms'] })
    await start(page)
    await page.getByLabel('Phone number').fill('+9996621234')
    await page.keyboard.press('Enter')
    await title(page, 'Add a login e-mail')
    await type(page, 'ada@example.org')
    await title(page, 'Confirm your e-mail address')
    await page.getByRole('button', { name: 'Use another address' }).press('Enter')
    await title(page, 'Add a login e-mail')
    await type(page, 'ada@example.com')
    await title(page, 'Confirm your e-mail address')
    await page.getByText('ada@example.com').waitFor()
    await picture(page, 'email')
  })
})
