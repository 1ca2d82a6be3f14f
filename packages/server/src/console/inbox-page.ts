import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #888; --accent: #2a7fb8; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 52rem; padding: 1.5rem 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; flex-wrap: wrap; }
#state { color: var(--soft); font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ul { list-style: none; margin: 1rem 0; padding: 0; }
li { display: flex; gap: .2rem 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap;
  border-top: 1px solid var(--line); padding: .7rem 0; }
li > div:first-child { flex: 1 1 16rem; min-width: 0; }
li.over { opacity: .5; }
.code { font: 600 1.5rem/1.2 ui-monospace, monospace; letter-spacing: .06em; user-select: all; overflow-wrap: anywhere; }
.phone { font-weight: 600; }
.about { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
form { margin: 1rem 0; display: flex; gap: .5rem; }
input, button { font: inherit; padding: .3rem .6rem; }
[hidden] { display: none; }
`

const SCRIPT = `
'use strict'
const $ = (id) => document.getElementById(id)
let token = sessionStorage.getItem('token') || ''

async function api(path) {
  const response = await fetch(path, { headers: token ? { authorization: 'Bearer ' + token } : {} })
  if (response.status === 204) return undefined
  const body = await response.json()
  if (!response.ok) throw Object.assign(new Error(body.error.message + ' ' + body.error.next), { status: response.status })
  return body
}

function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

const WAYS = {
  app: 'in the app', sms: 'by SMS', call: 'by call', email: 'by e-mail', fragment: 'at Fragment',
  flashCall: 'by flash call: the number that calls', missedCall: 'by missed call: the end of the number that calls',
  smsWord: 'by SMS, a word', smsPhrase: 'by SMS, a phrase', firebase: 'by SMS, after Firebase',
}
const PURPOSES = {
  'account.sentEmailCode': 'proves an e-mail address', 'account.password': 'proves a recovery address',
  'auth.passwordRecovery': 'recovers a password',
}

function show(codes) {
  $('codes').replaceChildren(...codes.map((entry) => {
    const item = element('li', Date.now() / 1000 > entry.expiresAtS || entry.state !== 'active' ? 'over' : '')
    const about = element('div')
    about.append(element('div', 'phone', entry.phone))
    const sentAt = new Date(entry.sentAtS * 1000).toLocaleTimeString()
    const way = WAYS[entry.channel] || entry.channel
    const where = entry.to === entry.phone ? way : way + ' to ' + entry.to
    const said = [sentAt, where, PURPOSES[entry.type], entry.state].filter(Boolean)
    about.append(element('div', 'about', said.join(' · ')))
    item.append(about, element('div', 'code', entry.code))
    return item
  }))
  $('empty').hidden = codes.length > 0
}

function showServer(info) {
  const rows = [['Server', info.dcs.map((dc) => dc.host + ':' + dc.port).join(', ')]]
  for (const app of info.apps) rows.push(['api_id', String(app.apiId)], ['api_hash', app.apiHash])
  for (const key of info.publicKeys) rows.push(['Key fingerprint', key.fingerprint])
  $('server').replaceChildren(...rows.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', value)]))
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

async function follow() {
  showServer(await api('/server.json'))
  for (;;) {
    const { codes } = await api('/api/codes')
    show(codes)
    $('state').textContent = 'live'
    await api('/api/codes/wait?timeoutMs=20000&' + (codes[0] ? 'afterId=' + encodeURIComponent(codes[0].id) : 'afterS=0'))
  }
}

async function run() {
  for (;;) {
    try {
      await follow()
    } catch (error) {
      $('state').textContent = error.status ? error.message : 'The server does not answer; trying again.'
      $('login').hidden = error.status !== 401
      if (error.status === 401) return
      await pause(2000)
    }
  }
}

$('login').addEventListener('submit', (event) => {
  event.preventDefault()
  token = $('token').value.trim()
  sessionStorage.setItem('token', token)
  $('login').hidden = true
  run()
})
run()
`

/** The console's page: the login codes, as they come. It uses nothing but the API, and no other host. */
export const INBOX_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cablegram: login codes</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Login codes</h1><span id="state" role="status">connecting</span></header>
<form id="login" hidden>
<input id="token" type="password" autocomplete="off" aria-label="Console token" placeholder="Console token">
<button>Show</button>
</form>
<p id="empty" hidden>No code has been sent yet. Sign in with any number, and its code appears here.</p>
<ul id="codes" aria-live="polite"></ul>
<dl id="server"></dl>
<script>${SCRIPT}</script>
</body>
</html>
`

/** Allows the page its own script and style, by their hashes, and requests to this server; nothing else. */
export const INBOX_PAGE_CSP: string = [
  "default-src 'none'",
  `script-src '${hashSource(SCRIPT)}'`,
  `style-src '${hashSource(STYLE)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
