import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { INBOX_PAGE, INBOX_PAGE_CSP } from './inbox-page.ts'

/** As much of a browser's element as the page's script uses. */
class FakeElement {
  textContent = ''
  className = ''
  hidden = false
  value = ''
  children: FakeElement[] = []
  listeners = new Map<string, (event: { preventDefault(): void }) => void>()
  append(...children: FakeElement[]) {
    this.children.push(...children)
  }
  replaceChildren(...children: FakeElement[]) {
    this.children = children
  }
  addEventListener(name: string, listener: (event: { preventDefault(): void }) => void) {
    this.listeners.set(name, listener)
  }
  get text(): string {
    return [this.textContent, ...this.children.map((child) => child.text)].join(' ')
  }
}

const INFO = { dcs: [{ host: '127.0.0.1', port: 10443 }], apps: [], publicKeys: [] }
const entry = (id: string, code: string) => ({
  id,
  code,
  phone: '+9996621234',
  to: id === 'mail' ? 'ada@example.org' : '+9996621234',
  channel: id === 'mail' ? 'email' : 'sms',
  type: id === 'mail' ? 'auth.passwordRecovery' : 'auth.sentCodeTypeSms',
  state: 'active',
  sentAtS: 0,
  expiresAtS: 2 ** 40,
})

/** Runs the page's script; `answer` plays the API. */
function open(answer: (path: string, headers: Record<string, string>) => unknown) {
  const elements = new Map<string, FakeElement>()
  const byId = (id: string) => {
    const found = elements.get(id) ?? new FakeElement()
    elements.set(id, found)
    return found
  }
  const fetchFake = async (path: string, init: { headers: Record<string, string> }) => {
    const body = await answer(path, init.headers)
    const refused = typeof body === 'object' && body !== null && 'error' in body
    return { status: refused ? 401 : 200, ok: !refused, json: async () => body }
  }
  const script = /<script>([\s\S]*)<\/script>/.exec(INBOX_PAGE)?.[1] ?? ''
  runInNewContext(script, {
    document: { getElementById: byId, createElement: () => new FakeElement() },
    sessionStorage: { getItem: () => null, setItem: () => undefined },
    fetch: fetchFake,
    setTimeout,
    encodeURIComponent,
  })
  return byId
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 10))

it('shows the codes there are, and each new one as it comes', async () => {
  const codes = [entry('a', '11111')]
  const asked: string[] = []
  let announce: (value: unknown) => void = () => undefined
  const byId = open((path) => {
    asked.push(path)
    if (path === '/server.json') return INFO
    if (path === '/api/codes') return { codes: [...codes] }
    return new Promise((resolve) => {
      announce = resolve
    })
  })
  await settle()
  assert.match(byId('codes').text, /\+9996621234.*11111/)
  assert.match(asked.at(-1) ?? '', /\/api\/codes\/wait\?.*afterId=a/)
  codes.unshift(entry('b', '<b>22222'))
  announce(codes[0])
  await settle()
  assert.match(byId('codes').text, /<b>22222.*11111/, 'as text, not as markup')
  assert.match(asked.at(-1) ?? '', /afterId=b/)
})

it('says where a code went, where that is no number, and what it is for, where that is no login', async () => {
  const codes = [entry('mail', '333333'), entry('a', '11111')]
  const byId = open((path) => {
    if (path === '/server.json') return INFO
    return path === '/api/codes' ? { codes } : new Promise(() => undefined)
  })
  await settle()
  assert.match(
    byId('codes').text,
    /by e-mail to ada@example\.org · recovers a password · active.* · by SMS · active/,
  )
})

it('asks for the token where one is wanted, and goes on with it', async () => {
  const byId = open((path, { authorization }) => {
    if (authorization !== 'Bearer sesame')
      return { error: { message: 'A token is required.', next: 'Send it.' } }
    if (path === '/server.json') return INFO
    return path === '/api/codes' ? { codes: [entry('a', '11111')] } : new Promise(() => undefined)
  })
  byId('login').hidden = true
  await settle()
  assert.equal(byId('login').hidden, false)
  byId('token').value = 'sesame'
  byId('login').listeners.get('submit')?.({ preventDefault: () => undefined })
  await settle()
  assert.match(byId('codes').text, /11111/)
})

it('is allowed exactly the script and style it has', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64')
  for (const tag of ['script', 'style']) {
    const content = new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(INBOX_PAGE)?.[1] ?? ''
    assert.ok(INBOX_PAGE_CSP.includes(`${tag}-src 'sha256-${hash(content)}'`), tag)
  }
})
