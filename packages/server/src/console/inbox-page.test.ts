import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { FakeElement } from './fake-element.ts'
import { INBOX_PAGE, INBOX_PAGE_CSP } from './inbox-page.ts'

const INFO = {
  dcs: [{ id: 2, host: '127.0.0.1', port: 10443, wsUrl: 'ws://127.0.0.1:10443/apiws' }],
  apps: [{ apiId: 10_001, apiHash: '0123456789abcdef0123456789abcdef' }],
  publicKeys: [{ pem: '-----BEGIN RSA PUBLIC KEY-----\nMII', fingerprint: 'c1d2e3f405162738' }],
  console: 'http://127.0.0.1:10081',
}
const CLOCK = { testClock: true, nowS: 1_800_000_000, aheadS: 0 }
const PROGRAMS = [
  { name: 'gramjs', title: 'GramJS', code: 'const telegram = 1' },
  { name: 'telethon', title: 'Telethon', code: 'import telethon' },
]
const entry = (id: string, code: string, phone = '+9996621234') => ({
  id,
  code,
  phone,
  to: id === 'mail' ? 'ada@example.org' : phone,
  channel: id === 'mail' ? 'email' : 'sms',
  type: id === 'mail' ? 'auth.passwordRecovery' : 'auth.sentCodeTypeSms',
  text: `Telegram code: ${code}\n\nDo not give it to anyone.`,
  state: 'active',
  sentAtS: CLOCK.nowS,
  expiresAtS: 2 ** 40,
})

/** The API's answers to requests that a test does not care about. */
const USUAL: Readonly<Record<string, unknown>> = {
  '/server.json': INFO,
  '/api/clock': CLOCK,
  '/api/snippets': { snippets: PROGRAMS },
  '/api/apps/refused': { apps: [] },
}

/** Runs the page's script; `answer` plays the API, and everything else gets the usual answer. */
function open(answer: (path: string, headers: Record<string, string>) => unknown) {
  const elements = new Map<string, FakeElement>()
  const copied: string[] = []
  const byId = (id: string) => {
    const found = elements.get(id) ?? new FakeElement()
    elements.set(id, found)
    return found
  }
  const fetchFake = async (path: string, init: { headers: Record<string, string> }) => {
    const own = await answer(path, init.headers)
    const body =
      own ??
      USUAL[path] ??
      (path.startsWith('/api/codes/wait') ? await new Promise(() => undefined) : undefined)
    const refused = typeof body === 'object' && body !== null && 'error' in body
    return { status: refused ? 401 : 200, ok: !refused, json: async () => body }
  }
  const script = /<script>([\s\S]*)<\/script>/.exec(INBOX_PAGE)?.[1] ?? ''
  runInNewContext(script, {
    document: { getElementById: byId, createElement: () => new FakeElement() },
    sessionStorage: { getItem: () => null, setItem: () => undefined },
    navigator: { clipboard: { writeText: async (text: string) => void copied.push(text) } },
    fetch: fetchFake,
    setTimeout,
    encodeURIComponent,
  })
  return Object.assign(byId, { copied })
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 10))

it('shows the existing codes and each new one as it arrives, with the whole message', async () => {
  const codes = [entry('a', '11111')]
  const asked: string[] = []
  let announce: (value: unknown) => void = () => undefined
  const byId = open((path) => {
    asked.push(path)
    if (path === '/api/codes') return { codes: [...codes] }
    if (!path.startsWith('/api/codes/wait')) return undefined
    return new Promise((resolve) => {
      announce = resolve
    })
  })
  await settle()
  assert.match(
    byId('codes').text,
    /\+9996621234[\s\S]*11111[\s\S]*Telegram code: 11111\n\nDo not give it to anyone\./,
  )
  assert.match(asked.at(-1) ?? '', /\/api\/codes\/wait\?.*afterId=a/)
  codes.unshift(entry('b', '<b>22222'))
  announce(codes[0])
  await settle()
  assert.match(byId('codes').text, /<b>22222[\s\S]*11111/, 'as text, not as markup')
  assert.match(asked.at(-1) ?? '', /afterId=b/)
  assert.match(byId('said').textContent, /New code <b>22222 for \+9996621234/)
})

it('shows first how to connect, with copy buttons', async () => {
  const byId = open((path) => (path === '/api/codes' ? { codes: [entry('a', '11111')] } : undefined))
  await settle()
  assert.match(
    byId('server').text,
    /127\.0\.0\.1:10443[\s\S]*c1d2e3f405162738[\s\S]*10001[\s\S]*0123456789abcdef/,
  )
  await byId('server').labelled('Copy Public key')?.fire('click')
  await byId('server').labelled('Copy Address')?.fire('click')
  await byId('codes').labelled('Copy code 11111')?.fire('click')
  assert.deepEqual(byId.copied, [INFO.publicKeys[0]?.pem, '127.0.0.1:10443', '11111'])
  assert.ok(INBOX_PAGE.indexOf('id="server"') < INBOX_PAGE.indexOf('id="codes"'))
})

it('says where a code went if not to a number, and what it is for if not a login', async () => {
  const used = { ...entry('a', '11111'), state: 'used' }
  const byId = open((path) =>
    path === '/api/codes' ? { codes: [entry('mail', '333333'), used] } : undefined,
  )
  await settle()
  assert.match(
    byId('codes').text,
    /by e-mail to ada@example\.org · recovers a password · {2}can be used until .*[\s\S]* · by SMS · {2}used/,
  )
})

it('finds a number, whatever stands between its digits', async () => {
  const codes = [entry('a', '11111'), entry('b', '22222', '+447400123456')]
  const byId = open((path) => (path === '/api/codes' ? { codes } : undefined))
  await settle()
  byId('search').value = '+44 7400'
  await byId('search').fire('input')
  assert.match(byId('codes').text, /22222/)
  assert.doesNotMatch(byId('codes').text, /11111/)
  byId('search').value = '777'
  await byId('search').fire('input')
  assert.equal(byId('empty').textContent, 'No code for a number with 777.')
})

it('clears the list and can show the cleared codes again', async () => {
  const codes = [entry('b', '22222'), entry('a', '11111')]
  const byId = open((path) => (path === '/api/codes' ? { codes } : undefined))
  await settle()
  await byId('clear').fire('click')
  assert.equal(byId('codes').text.trim(), '')
  assert.equal(byId('empty').textContent, 'No code since you cleared the list.')
  assert.equal(byId('all').textContent, 'Show 2 cleared')
  await byId('all').fire('click')
  assert.match(byId('codes').text, /22222[\s\S]*11111/)
})

it('explains times that are ahead of the real time', async () => {
  const state = { ...CLOCK, aheadS: 5400 }
  const byId = open((path) => {
    if (path === '/api/codes') return { codes: [] }
    return path === '/api/clock' ? state : undefined
  })
  await settle()
  assert.equal(byId('clock').hidden, false)
  assert.match(
    byId('clock').textContent,
    /^The test clock is 1 h 30 min ahead: .* The times of codes sent since then are in the future\.$/,
  )
})

it('shows refused apps with the command that lets them in', async () => {
  const apps = [{ apiId: 17_349, reason: 'unknown', times: 2, command: 'npx cablegram app allow 17349' }]
  const byId = open((path) => {
    if (path === '/api/codes') return { codes: [] }
    return path === '/api/apps/refused' ? { apps } : undefined
  })
  await settle()
  assert.equal(byId('refused').hidden, false)
  assert.match(
    byId('apps').text,
    /api_id 17349[\s\S]*not registered · refused 2 times[\s\S]*npx cablegram app allow 17349/,
  )
})

it('shows a program for the chosen library', async () => {
  const byId = open((path) => (path === '/api/codes' ? { codes: [] } : undefined))
  await settle()
  assert.match(byId('program').text, /const telegram = 1/)
  byId('library').value = 'telethon'
  await byId('library').fire('input')
  assert.match(byId('program').text, /import telethon/)
})

it('asks for the token if one is required, and then continues', async () => {
  const byId = open((path, { authorization }) => {
    if (authorization !== 'Bearer sesame')
      return { error: { message: 'A token is required.', next: 'Send it.' } }
    return path === '/api/codes' ? { codes: [entry('a', '11111')] } : undefined
  })
  byId('login').hidden = true
  await settle()
  assert.equal(byId('login').hidden, false)
  byId('token').value = 'sesame'
  await byId('login').fire('submit')
  await settle()
  assert.match(byId('codes').text, /11111/)
})

it('allows exactly the script and style of the page', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64')
  for (const tag of ['script', 'style']) {
    const content = new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(INBOX_PAGE)?.[1] ?? ''
    assert.ok(INBOX_PAGE_CSP.includes(`${tag}-src 'sha256-${hash(content)}'`), tag)
  }
})
