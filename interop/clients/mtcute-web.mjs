/**
 * mtcute in a real browser: Chromium opens a page on loopback, and the client in it connects to /apiws as
 * any page does.
 * The browser cannot reach anything else.
 */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { serveAdapter, tell } from './contract.ts'
import { ACTS } from './talks.ts'

const [executablePath] = process.argv.slice(2)
const PAGE = fileURLToPath(new URL('mtcute-web-page.mjs', import.meta.url))

let browser
let page
let files

/** A refusal that the client in the page received. */
class Refusal extends Error {
  constructor(refusal) {
    super(refusal.text)
    this.refusal = refusal
  }
}

async function ask(verb, ...given) {
  const answer = await page.evaluate(
    ([name, ...more]) => globalThis.page.ask(name, ...more),
    [verb, ...given],
  )
  if (answer.refusal) throw new Refusal(answer.refusal)
  return answer.value
}

/** The page with its script, and the files it loads. */
async function servePage() {
  const { outputFiles } = await build({ entryPoints: [PAGE], bundle: true, format: 'esm', write: false })
  const wasm = createRequire(import.meta.resolve('@mtcute/web')).resolve('@mtcute/wasm/mtcute-simd.wasm')
  const served = {
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', outputFiles[0].contents],
    '/mtcute.wasm': ['application/wasm', await readFile(wasm)],
  }
  files = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1')
    const path = pathname === '/disk' ? searchParams.get('path') : undefined
    if (path && request.method === 'PUT') {
      await pipeline(request, createWriteStream(path))
      response.end()
      return
    }
    if (path) return void (await pipeline(createReadStream(path), response))
    const [type, body] = served[pathname] ?? []
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain' }).end(body)
  })
  await once(files.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${files.address().port}/`
}

/** @type {import('./contract.ts').Adapter & import('./talks.ts').Talks} */
const mtcuteWeb = {
  async open(server, session, folder) {
    const url = await servePage()
    // The browser's profile lies in the folder that the runner removes.
    process.env.TMPDIR = folder
    browser = await chromium.launch({
      executablePath,
      args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
      chromiumSandbox: process.getuid?.() !== 0,
    })
    page = await browser.newPage()
    page.on('console', (message) => console.log(message.text()))
    await page.exposeFunction('hear', tell)
    await page.goto(url)
    await page.waitForFunction(() => 'page' in globalThis)
    await ask('open', server, session)
  },
  tryCode: (phone, code) => ask('tryCode', phone, code),
  async logIn(login, nextCode) {
    await page.exposeFunction('nextCode', nextCode)
    return ask('logIn', login)
  },
  ...Object.fromEntries(ACTS.map((act) => [act, (...given) => ask('talk', act, ...given)])),
  me: () => ask('me'),
  dc: () => ask('dc'),
  session: () => ask('session'),
  logOut: () => ask('logOut'),
  async close() {
    await ask('close')
    await browser.close()
    files.close()
  },
  describe: (error) => (error instanceof Refusal ? error.refusal : undefined),
}

serveAdapter(mtcuteWeb)
