import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Browser, Page } from 'playwright-core'
import { launch } from './chromium.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const folder = mkdtempSync(join(tmpdir(), 'cablegram-reference-'))
const reference = join(folder, 'reference.bin')
const pictures = process.env['SCREENSHOTS']

let browser: Browser
before(async () => {
  const pack = join(root, 'site/src/pack.ts')
  const { status, stderr } = spawnSync(process.execPath, [pack, reference, '--quick'], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  browser = await launch()
})
after(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

interface Stage {
  readonly page: Page
  readonly server: CablegramServer
}

async function onConsole(
  run: (stage: Stage) => Promise<void>,
  { consoleToken }: { readonly consoleToken?: string } = {},
): Promise<void> {
  const server = await startServer({ store: 'memory', reference, consoleToken })
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    await run({ page, server })
    // Chromium itself tells of each 401.
    const other = said.filter((text) => consoleToken === undefined || !text.includes('401'))
    assert.deepEqual(other, [], 'nothing is refused by the policy, and nothing throws')
  } finally {
    await context.close()
    await server.close()
  }
}

async function open({ page, server }: Stage, method: string): Promise<void> {
  await page.goto(`${server.info.console}/docs/methods/${method}`)
  await load(page)
}

/** The script comes when somebody asks for it. */
async function load(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try it on this server' }).click()
  await page.getByText(/^Connected to http/).waitFor()
}

const call = (page: Page) => page.getByRole('button', { name: 'Call', exact: true }).click()
const answered = (page: Page) => page.getByRole('heading', { name: /^Answer, after \d+ ms$/ }).waitFor()

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  await page.locator('#try-it').scrollIntoViewIfNeeded()
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1000, 360]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.locator('#try-it').screenshot({ path: `${pictures}/${name}-${width}-${colorScheme}.png` })
    }
  }
}

test('"try it" performs a login from page to page, and shows every byte', async () => {
  await onConsole(async (stage) => {
    const { page } = stage
    const startedMs = performance.now()
    await open(stage, 'auth.sendCode')
    console.log(`"try it" is ready after ${Math.round(performance.now() - startedMs)} ms`)
    await page.getByText('not signed in').waitFor()
    const sample = await page.getByLabel('phone_number').inputValue()
    assert.equal(sample, '+9996621234')
    await call(page)
    await answered(page)
    await page.locator('summary').first().click()
    await page.locator('summary').last().click()
    const bytes = await page.locator('#try-it pre').allTextContents()
    assert.match(
      bytes[1] ?? '',
      /^ +0 {2}4f 24 77 a6 +request +auth\.sendCode#a677244f\n +4 {2}0b 2b 39 .* phone_number +"\+9996621234"/,
    )
    assert.match(bytes[3] ?? '', /^ +0 {2}02 25 00 5e +answer +auth\.sentCode#5e002502\n/)
    await picture(page, 'try-it')

    await page.getByRole('link', { name: 'auth.signIn' }).last().click()
    await page.waitForURL(/auth\.signIn/)
    await load(page)
    assert.match(await page.getByLabel('phone_code_hash').inputValue(), /^[\da-f]{32}$/)
    const code = page.getByRole('checkbox', { name: 'phone_code', exact: true })
    await code.check()
    await page.getByRole('textbox', { name: 'phone_code', exact: true }).fill('11111')
    await call(page)
    await page.getByRole('heading', { name: 'Error 400 PHONE_CODE_INVALID' }).waitFor()
    const advice = await page.locator('#try-it h3:has-text("Error") ~ p').allTextContents()
    assert.ok(advice.length === 3 && advice.every((text) => text.length > 5), JSON.stringify(advice))
    const refused = await page.locator('#try-it details pre').last().textContent()
    assert.match(
      refused ?? '',
      /answer +rpc_error#2144ca19\n.*error_code +400\n.*error_message +"PHONE_CODE_INVALID"/,
    )
    const href = await page.getByRole('link', { name: 'All about this error' }).getAttribute('href')
    assert.ok(href?.endsWith('/docs/errors/PHONE_CODE_INVALID'), href ?? '')
    await picture(page, 'try-it-error')
    await page.getByRole('textbox', { name: 'phone_code', exact: true }).fill('22222')
    await call(page)
    await answered(page)

    await page.locator('#try-it').getByRole('link', { name: 'auth.signUp' }).click()
    await page.waitForURL(/auth\.signUp/)
    await load(page)
    await call(page)
    await page.getByText(/signed in as user \d+/).waitFor()
    await page.locator('#try-it').getByRole('link', { name: 'users.getUsers' }).click()
    await page.waitForURL(/users\.getUsers/)
    await load(page)
    await page.getByRole('button', { name: 'Add an item' }).click()
    await page.getByLabel('constructor of InputUser').selectOption('inputUserSelf')
    await call(page)
    await answered(page)
    await page.getByText('firstName: "Ada"').waitFor()
    await page.getByRole('button', { name: 'Sign out and forget' }).click()
    await page.getByText('not signed in').waitFor()
  })
})

test('wrong input is refused at its field, and nothing is sent', async () => {
  await onConsole(async (stage) => {
    const { page } = stage
    await open(stage, 'auth.sendCode')
    await page.getByLabel('api_id').fill('twelve')
    await call(page)
    const alert = page.getByRole('alert')
    await alert.filter({ hasText: 'Give a whole number from -2147483648 to 2147483647.' }).waitFor()
    const field = page.getByLabel('api_id')
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    assert.equal(await field.evaluate((input) => input.matches(':focus')), true)
    assert.equal(await page.locator('#try-it pre').count(), 0)
    await page.getByLabel('api_id').fill('1')
    await call(page)
    await page.getByRole('heading', { name: 'Error 400 API_ID_INVALID' }).waitFor()
    // Flags, a vector of bytes.
    await page.getByRole('checkbox', { name: 'allow_flashcall' }).check()
    await page.getByRole('checkbox', { name: 'logout_tokens' }).check()
    await page.getByRole('button', { name: 'Add an item' }).click()
    await page.getByLabel('item of logout_tokens').fill('xyz!')
    await call(page)
    await alert.filter({ hasText: 'hexadecimal digits, two a byte, or as base64' }).waitFor()
    await page.getByLabel('item of logout_tokens').fill('00ff')
    await call(page)
    await page.getByText("bytes('00ff')").waitFor()
    await page.getByText('allowFlashcall: true').waitFor()
  })
})

test('a password is proven, and a second tab is told why it has to wait', async () => {
  await onConsole(async (stage) => {
    const { page, server } = stage
    await server.users.create({ phone: '+9996621234', firstName: 'Ada', password: 'correct horse' })
    await open(stage, 'auth.sendCode')
    await call(page)
    await answered(page)
    const second = await page.context().newPage()
    await second.goto(`${server.info.console}/docs/methods/auth.signIn`)
    await second.getByRole('button', { name: 'Try it on this server' }).click()
    await second.getByText('has the session try-it open').waitFor()
    await second.close()
    await open(stage, 'auth.signIn')
    await page.getByRole('checkbox', { name: 'phone_code', exact: true }).check()
    await call(page)
    await page.getByRole('heading', { name: 'Error 401 SESSION_PASSWORD_NEEDED' }).waitFor()
    await page.locator('#try-it').getByRole('link', { name: 'auth.checkPassword' }).click()
    await page.waitForURL(/auth\.checkPassword/)
    await load(page)
    await page.getByLabel('password').fill('correct horse')
    await call(page)
    await page.getByText(/signed in as user \d+/).waitFor()
  })
})

test('a console that has a token is asked with the one that was typed', async () => {
  await onConsole(
    async ({ page, server }) => {
      await page.goto(`${server.info.console}/docs/methods/help.getNearestDc`)
      await page.getByRole('button', { name: 'Try it on this server' }).click()
      await page.getByText('This console asks for its token.').waitFor()
      await page.getByLabel('Console token').fill('wrong')
      await page.getByRole('button', { name: 'Connect' }).click()
      await page.getByRole('alert').filter({ hasText: 'does not take this token' }).waitFor()
      await page.getByLabel('Console token').fill('secret-token')
      await page.getByRole('button', { name: 'Connect' }).click()
      await page.getByText(/^Connected to http/).waitFor()
      await call(page)
      await answered(page)
    },
    { consoleToken: 'secret-token' },
  )
})
