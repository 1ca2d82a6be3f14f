import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { FakeElement } from './fake-element.ts'
import { PEOPLE_PAGE, PEOPLE_PAGE_CSP } from './people-page.ts'

const ADA = {
  id: 1,
  phone: '+9996621234',
  username: 'ada',
  firstName: 'Ada',
  lastName: '<b>L</b>',
  isBot: false,
}
const TEA = { id: 2, username: 'tea_bot', firstName: 'Tea', lastName: '', isBot: true }
const CARD = { id: 2, kind: 'bot', name: 'Tea', username: 'tea_bot' }
const QUESTION = {
  id: 5,
  boxId: 1,
  chat: CARD,
  from: CARD,
  text: 'Sure?',
  dateS: 1_800_000_000,
  isOut: false,
  buttons: [[{ kind: 'callback', text: 'Yes', data: 'y' }]],
}

/** Runs the page's script; `answers` plays the API by path, and requests are noted with their bodies. */
function open(answers: Readonly<Record<string, unknown>>) {
  const elements = new Map<string, FakeElement>()
  const asked: [path: string, body: unknown][] = []
  const byId = (id: string) => {
    const found = elements.get(id) ?? new FakeElement()
    elements.set(id, found)
    return found
  }
  const fetchFake = async (path: string, init: { body?: string }) => {
    asked.push([path, init.body && JSON.parse(init.body)])
    if (path.includes('/wait')) return await new Promise(() => undefined)
    const body = answers[path]
    const isRefused = typeof body === 'object' && body !== null && 'error' in body
    const status = body === undefined ? 204 : isRefused ? 400 : 200
    return { status, ok: !isRefused, json: async () => body }
  }
  const script = /<script>([\s\S]*)<\/script>/.exec(PEOPLE_PAGE)?.[1] ?? ''
  runInNewContext(script, {
    document: { getElementById: byId, createElement: () => new FakeElement() },
    sessionStorage: { getItem: () => null, setItem: () => undefined },
    fetch: fetchFake,
    setTimeout: () => undefined,
  })
  return Object.assign(byId, { asked })
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 10))

const USUAL = {
  '/api/people': { people: [ADA, TEA] },
  '/api/people/1/chats': { chats: [{ chat: CARD, unreadCount: 1, lastMessage: QUESTION }] },
  '/api/people/1/messages?with=2': { messages: [QUESTION] },
}

it('shows people, the chats of one and the messages of a chat, all as text', async () => {
  const page = open(USUAL)
  await settle()
  assert.match(page('people').text, /Ada <b>L<\/b> +@ada · \+9996621234/)
  assert.equal(page('chatsPart').hidden, true)
  await page('people').button('Ada')?.fire('click')
  await settle()
  assert.match(page('chats').text, /Tea +1 unread · Sure\?/)
  // On a narrow page the chats are below all people.
  assert.equal(page('chatsPart').isScrolledTo, true)
  await page('chats').button('Tea')?.fire('click')
  await settle()
  assert.equal(page('chatHead').textContent, 'Ada <b>L</b> and Tea')
  assert.match(page('messages').text, /Sure\?/)
  assert.ok(page.asked.some(([path]) => path === '/api/people/1/reads'))
})

it('shows a file with its name beside the text', async () => {
  const media = { kind: 'document', fileName: 'tea.txt', bytes: 27 }
  const page = open({ ...USUAL, '/api/people/1/messages?with=2': { messages: [{ ...QUESTION, media }] } })
  await settle()
  await page('people').button('Ada')?.fire('click')
  await settle()
  await page('chats').button('Tea')?.fire('click')
  await settle()
  assert.match(page('messages').text, /Sure\? \(document tea\.txt\)/)
})

it('writes, presses and makes people by the API', async () => {
  const answer = { kind: 'answer', text: 'Noted', isAlert: false }
  const page = open({ ...USUAL, '/api/people/1/presses': answer, '/api/people/1/messages': QUESTION })
  await settle()
  await page('people').button('Ada')?.fire('click')
  await settle()
  await page('chats').button('Tea')?.fire('click')
  await settle()
  await page('messages').button('Yes')?.fire('click')
  await settle()
  assert.equal(page('said').textContent, 'Noted')
  page('text').value = 'Hello'
  await page('write').fire('submit')
  await settle()
  const bodies = new Map(page.asked)
  assert.equal(JSON.stringify(bodies.get('/api/people/1/presses')), '{"messageId":5,"button":"Yes"}')
  assert.equal(JSON.stringify(bodies.get('/api/people/1/messages')), '{"to":2,"text":"Hello"}')
})

it('says what the server refuses', async () => {
  const error = {
    code: 'USERNAME_OCCUPIED',
    message: 'The server refused: USERNAME_OCCUPIED.',
    next: 'Choose another name.',
  }
  const page = open({ '/api/people': { error } })
  page('firstName').value = 'Ada'
  await page('create').fire('submit')
  await settle()
  assert.equal(page('said').textContent, 'The server refused: USERNAME_OCCUPIED. Choose another name.')
})

it('allows its own script and style only', () => {
  for (const [tag, directive] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ] as const) {
    const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(PEOPLE_PAGE) ?? []
    const hash = createHash('sha256').update(text).digest('base64')
    assert.ok(PEOPLE_PAGE_CSP.includes(`${directive} 'sha256-${hash}'`), tag)
  }
})
