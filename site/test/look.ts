/** `node setup.mjs site/test/look.ts FOLDER`: pictures of the pages, for people to look at. */
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { paths } from '../src/paths.ts'
import { serveFolder } from '../src/serve-folder.ts'

const folder = process.argv[2] ?? 'pictures'
mkdirSync(folder, { recursive: true })

const PAGES: Readonly<Record<string, string>> = {
  home: '',
  method: 'methods/auth.sendCode',
  error: 'errors/PHONE_NUMBER_FLOOD',
  type: 'types/auth.SentCode',
  index: 'methods',
  guide: 'guides/login',
  missing: 'methods/nothing',
  search: 'search?q=send%20code',
}

const served = await serveFolder(paths.dist, 0)
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
for (const [width, colorScheme, javaScriptEnabled] of [
  [1280, 'light', true],
  [1280, 'dark', true],
  [360, 'light', true],
  [360, 'dark', false],
] as const) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    javaScriptEnabled,
  })
  const page = await context.newPage()
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(`${served.url}${path}`, { waitUntil: 'networkidle' })
    const scripts = javaScriptEnabled ? '' : '-without-scripts'
    await page.screenshot({
      path: `${folder}/${name}-${width}-${colorScheme}${scripts}.png`,
      fullPage: name !== 'method' && name !== 'guide' && name !== 'index',
    })
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    if (Number(overflow) > 0) console.log(`${name} at ${width}: ${overflow} pixels too wide`)
  }
  await context.close()
}
await browser.close()
await served.close()
