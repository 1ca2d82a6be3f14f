import { PAGE_BASE } from './page-base.ts'

/** The script of the console's page. It uses the API and nothing else, and shows what it gets as text. */
export const PAGE_SCRIPT: string = `
${PAGE_BASE}const REFRESH_MS = 5000
const COPIED_MS = 1500
let cleared = sessionStorage.getItem('cleared') || ''
let codes = []
let clock = { testClock: false, nowS: 0, aheadS: 0 }
let snippets = []

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  // Without TLS a browser gives the clipboard only to pages of this machine.
  const area = element('textarea', 'sr', text)
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

function copyButton(what, text) {
  const button = element('button', '', 'Copy')
  button.setAttribute('type', 'button')
  button.setAttribute('aria-label', 'Copy ' + what)
  button.addEventListener('click', async () => {
    await copy(text)
    button.textContent = 'Copied'
    $('said').textContent = 'Copied ' + what
    setTimeout(() => { button.textContent = 'Copy' }, COPIED_MS)
  })
  return button
}

function row(name, value, copied) {
  const made = element('div', 'row')
  made.append(element('dt', '', name), element('dd', '', value), copyButton(name, copied || value))
  return made
}

function showServer(info) {
  draw('server', info, () => {
    const many = info.dcs.length > 1
    const [app] = info.apps
    return [
      ...info.dcs.map((dc) => row(many ? 'Data centre ' + dc.id : 'Address', dc.host + ':' + dc.port)),
      ...info.dcs.slice(0, 1).map((dc) => row('WebSocket', dc.wsUrl)),
      ...info.publicKeys.map((key) => row('Public key', 'fingerprint ' + key.fingerprint, key.pem)),
      ...(app ? [row('api_id', String(app.apiId)), row('api_hash', app.apiHash)] : []),
      row('All as JSON', info.console + '/server.json'),
    ]
  })
}

const UNITS = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]

function inWords(seconds) {
  const parts = []
  let left = Math.round(seconds)
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length)
    left -= count * length
    if (count > 0) parts.push(count + ' ' + unit)
  }
  return parts.join(' ') || '0 s'
}

function showClock() {
  $('clock').hidden = !(clock.aheadS > 0)
  $('clock').textContent = 'The test clock is ' + inWords(clock.aheadS) + ' ahead: for the server it is ' +
    new Date(clock.nowS * 1000).toLocaleString() + '. The times of codes sent since then are in the future.'
}

const WAYS = {
  app: 'in the app', sms: 'by SMS', call: 'by call', email: 'by e-mail', fragment: 'at Fragment',
  flashCall: "by flash call (code: the caller's number)", missedCall: "by missed call (code: end of the caller's number)",
  smsWord: 'a word by SMS', smsPhrase: 'a phrase by SMS', firebase: 'by SMS, after Firebase',
}
const PURPOSES = {
  'account.sentEmailCode': 'proves an e-mail address', 'account.password': 'proves a recovery address',
  'auth.passwordRecovery': 'recovers a password',
}
const STATES = {
  active: 'can be used', superseded: 'sent again since', used: 'used', cancelled: 'cancelled', replaced: 'replaced by a newer code',
  exhausted: 'too many wrong guesses', expired: 'expired',
}

function timeOf(unixS) {
  const date = new Date(unixS * 1000)
  const isToday = date.toDateString() === new Date(clock.nowS * 1000).toDateString()
  return isToday ? date.toLocaleTimeString() : date.toLocaleString()
}

function codeItem(entry) {
  const isActive = entry.state === 'active'
  const item = element('li', isActive ? '' : 'over')
  const about = element('div')
  const way = WAYS[entry.channel] || entry.channel
  const where = entry.to === entry.phone ? way : way + ' to ' + entry.to
  const details = element('div', 'about')
  const state = (STATES[entry.state] || entry.state) + (isActive ? ' until ' + timeOf(entry.expiresAtS) : '')
  const said = [timeOf(entry.sentAtS), where, PURPOSES[entry.type]].filter(Boolean)
  details.append(
    element('span', '', said.join(' · ') + ' · '),
    element('span', isActive ? 'active' : '', state),
  )
  about.append(element('div', 'phone', entry.phone), details)
  const tools = element('div', 'tools')
  tools.append(element('span', 'code', entry.code), copyButton('code ' + entry.code, entry.code))
  item.append(about, tools)
  if (entry.text && entry.text !== entry.code) item.append(element('div', 'message wide', entry.text))
  return item
}

/** The newest first; of the number that is searched for, and newer than the last clearing. */
function showCodes() {
  const end = codes.findIndex((entry) => entry.id === cleared)
  const kept = end < 0 ? codes : codes.slice(0, end)
  const digits = $('search').value.replace(/\\D/g, '')
  const found = kept.filter((entry) => entry.phone.includes(digits))
  draw('codes', [found, clock.nowS - (clock.nowS % 86400)], () => found.map(codeItem))
  $('empty').hidden = found.length > 0
  $('empty').textContent = digits
    ? 'No code for a number with ' + digits + '.'
    : kept.length < codes.length ? 'No code since you cleared the list.'
    : 'No code has been sent yet. Sign in with any number, and its code appears here.'
  $('clear').hidden = kept.length === 0
  $('all').hidden = kept.length === codes.length
  $('all').textContent = 'Show ' + (codes.length - kept.length) + ' cleared'
}

function clearUpTo(id) {
  cleared = id
  sessionStorage.setItem('cleared', cleared)
  showCodes()
}

function showRefused(apps) {
  $('refused').hidden = apps.length === 0
  draw('apps', apps, () => apps.map((app) => {
    const item = element('li')
    const about = element('div')
    const why = app.reason === 'unknown' ? 'api_id is not registered' : 'api_hash is not the registered one'
    about.append(
      element('div', 'phone', 'api_id ' + app.apiId),
      element('div', 'about', why + ' · refused ' + (app.times === 1 ? 'once' : app.times + ' times')),
      element('code', '', app.command),
    )
    item.append(about, copyButton('command', app.command))
    return item
  }))
}

function showSnippets(given) {
  snippets = given
  draw('library', snippets.map((snippet) => snippet.name), () => snippets.map((snippet) => {
    const option = element('option', '', snippet.title)
    option.value = snippet.name
    return option
  }))
  showProgram()
}

function showProgram() {
  const snippet = snippets.find((each) => each.name === $('library').value) || snippets[0]
  $('programs').hidden = snippet === undefined
  if (snippet === undefined) return
  draw('program', snippet.code, () => [element('code', '', snippet.code)])
  draw('copyProgram', snippet.code, () => [copyButton('program for ' + snippet.title, snippet.code)])
}

async function refresh() {
  const [inbox, time, refused] = await Promise.all([api('/api/codes'), api('/api/clock'), api('/api/apps/refused')])
  const newest = inbox.codes[0]
  if (newest && codes[0] && newest.id !== codes[0].id) $('said').textContent = 'New code ' + newest.code + ' for ' + newest.phone
  codes = inbox.codes
  clock = time
  showClock()
  showCodes()
  showRefused(refused.apps)
}

async function follow() {
  showServer(await api('/server.json'))
  showSnippets((await api('/api/snippets')).snippets)
  for (;;) {
    await refresh()
    $('state').textContent = 'live'
    $('state').className = 'live'
    const after = codes[0] ? 'afterId=' + encodeURIComponent(codes[0].id) : 'afterS=0'
    await api('/api/codes/wait?timeoutMs=' + REFRESH_MS + '&' + after)
  }
}

async function run() {
  for (;;) {
    try {
      await follow()
    } catch (error) {
      $('state').textContent = error.status ? error.message : 'The server does not answer; trying again.'
      $('state').className = ''
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
$('search').addEventListener('input', showCodes)
$('clear').addEventListener('click', () => clearUpTo(codes[0] ? codes[0].id : ''))
$('all').addEventListener('click', () => clearUpTo(''))
$('library').addEventListener('input', showProgram)
run()
`
