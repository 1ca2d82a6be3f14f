import { PAGE_BASE } from './page-base.ts'

/** The script of the page of people. It uses the API and nothing else, and shows what it gets as text. */
export const PEOPLE_SCRIPT: string = `${PAGE_BASE}
const WAIT_MS = 5000
let people = []
let person
let chats = []
let chat
let messages = []

const path = (what) => '/api/people/' + person.id + (what ? '/' + what : '')
const nameOf = ({ username, name, id }) => name || (username ? '@' + username : String(id))
const personName = ({ firstName, lastName }) => (firstName + ' ' + lastName).trim()

function say(text) {
  $('said').hidden = text === ''
  $('said').textContent = text
}

/** Does what somebody asked for; the page says what the server refuses. */
async function attempt(act) {
  try {
    say('')
    await act()
  } catch (error) {
    say(error.message)
  }
}

function pick(title, about, isChosen, choose) {
  const item = element('li')
  const button = element('button')
  button.setAttribute('type', 'button')
  button.setAttribute('aria-pressed', String(isChosen))
  button.append(element('span', 'phone', title), element('span', 'about', about))
  button.addEventListener('click', choose)
  item.append(button)
  return item
}

function showPeople() {
  $('nobody').hidden = people.length > 0
  draw('people', [people, person && person.id], () => people.map((each) => {
    const about = [each.username && '@' + each.username, each.phone || 'bot'].filter(Boolean).join(' · ')
    return pick(personName(each), about, person !== undefined && each.id === person.id, () => attempt(() => actAs(each)))
  }))
}

function showChats() {
  $('chatsPart').hidden = person === undefined
  $('noChats').hidden = chats.length > 0
  draw('chats', [chats, chat && chat.id], () => chats.map(({ chat: card, unreadCount, lastMessage }) => {
    const last = lastMessage ? lastMessage.text || kindOf(lastMessage) : ''
    const about = (unreadCount > 0 ? unreadCount + ' unread · ' : '') + last.slice(0, 200)
    return pick(nameOf(card), about, chat !== undefined && card.id === chat.id, () => attempt(() => openChat(card)))
  }))
}

function kindOf({ media, service }) {
  if (service) return '(' + service.kind + (service.title ? ': ' + service.title : '') + ')'
  if (!media) return ''
  return '(' + [media.kind, media.question || media.emoji || media.phone || media.fileName, media.value].filter(Boolean).join(' ') + ')'
}

function messageItem(message) {
  const item = element('li', message.isOut ? 'own' : '')
  if (!message.isOut && chat.kind === 'group') item.append(element('div', 'phone', nameOf(message.from)))
  item.append(element('div', '', [message.text, kindOf(message)].filter(Boolean).join(' ')))
  for (const answer of (message.media && message.media.answers) || []) item.append(answerButton(message, answer))
  const marks = (message.reactions || []).map((each) => each.emoji + ' ' + each.count)
  if (message.editedAtS) marks.push('edited')
  item.append(element('div', 'about', [new Date(message.dateS * 1000).toLocaleTimeString(), ...marks].join(' · ')))
  for (const row of message.buttons || []) {
    const tools = element('div', 'tools')
    tools.append(...row.map((button) => actButton(button.text, () => press(message, button))))
    item.append(tools)
  }
  return item
}

function answerButton(message, { text, votes, isChosen }) {
  const label = (isChosen ? '✓ ' : '') + text + (votes === undefined ? '' : ' (' + votes + ')')
  const tools = element('div', 'tools')
  const vote = () => api(path('votes'), { messageId: message.id, options: [text] })
  tools.append(message.media.isClosed ? element('span', '', label) : actButton(label, vote))
  return tools
}

function actButton(text, act) {
  const button = element('button', '', text)
  button.setAttribute('type', 'button')
  button.addEventListener('click', () => attempt(async () => { await act(); await refresh() }))
  return button
}

async function press(message, button) {
  const outcome = await api(path('presses'), { messageId: message.id, button: button.text })
  say(outcome.text || outcome.url || '')
}

function showMessages() {
  $('chatPart').hidden = chat === undefined
  if (chat === undefined) return
  $('chatHead').textContent = personName(person) + ' and ' + (chat.id === person.id ? 'nobody else' : nameOf(chat))
  const isAtEnd = $('messages').scrollHeight - $('messages').scrollTop - $('messages').clientHeight < 40
  draw('messages', [chat.id, person.id, messages], () => messages.map(messageItem))
  if (isAtEnd) $('messages').scrollTop = $('messages').scrollHeight
}

function show() {
  showPeople()
  showChats()
  showMessages()
}

async function actAs(chosen) {
  person = chosen
  chat = undefined
  messages = []
  await refresh()
  $('chatsPart').scrollIntoView({ block: 'nearest' })
}

async function openChat(chosen) {
  chat = chosen
  await api(path('reads'), { with: chat.id })
  await refresh()
  $('messages').scrollTop = $('messages').scrollHeight
  $('chatPart').scrollIntoView({ block: 'nearest' })
}

/** Reads everything that is shown. Somebody may choose another person or chat meanwhile. */
async function refresh() {
  const [who, where] = [person, chat]
  const listed = (await api('/api/people')).people
  const theirs = who === undefined ? [] : (await api('/api/people/' + who.id + '/chats')).chats
  const read = where === undefined ? []
    : (await api('/api/people/' + who.id + '/messages?with=' + where.id)).messages
  const open = theirs.find((each) => where !== undefined && each.chat.id === where.id)
  if (open !== undefined && open.unreadCount > 0) await api('/api/people/' + who.id + '/reads', { with: where.id })
  if (who !== person || where !== chat) return
  people = listed
  chats = theirs
  messages = read
  show()
}

async function follow() {
  for (;;) {
    await refresh()
    $('state').textContent = 'live'
    $('state').className = 'live'
    const after = Math.max(0, ...chats.map(({ lastMessage }) => (lastMessage ? lastMessage.id : 0)))
    if (person === undefined) await pause(WAIT_MS)
    else await Promise.race([api(path('messages/wait?timeoutMs=' + WAIT_MS + '&afterId=' + after)), pause(WAIT_MS)])
  }
}

async function run() {
  for (;;) {
    try {
      await follow()
    } catch (error) {
      if (error.status === 404) {
        person = chat = undefined
        continue
      }
      $('state').textContent = error.status ? error.message : 'The server does not answer; trying again.'
      $('state').className = ''
      $('login').hidden = error.status !== 401
      if (error.status === 401) return
      await pause(2000)
    }
  }
}

function onSubmit(id, act) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault()
    attempt(act)
  })
}

onSubmit('login', async () => {
  token = $('token').value.trim()
  sessionStorage.setItem('token', token)
  $('login').hidden = true
  run()
})
onSubmit('create', async () => {
  const username = $('username').value.trim()
  const wanted = { firstName: $('firstName').value, bot: $('isBot').checked, ...(username && { username }) }
  const made = await api('/api/people', wanted)
  $('firstName').value = $('username').value = ''
  await actAs(made)
  if (made.token) say('The token of the bot, shown this once: ' + made.token)
})
onSubmit('open', async () => {
  const to = $('to').value.trim()
  const name = to.replace(/^@/, '').toLowerCase()
  const found = people.find((each) => to === each.phone || to === String(each.id) || (each.username || '').toLowerCase() === name)
  if (found === undefined) {
    const own = chats.find((each) => String(each.chat.id) === to)
    if (own === undefined) throw new Error('Nobody has this name, number or id. The list on the page has all people and bots.')
    await openChat(own.chat)
  } else {
    await openChat({ id: found.id, name: personName(found), username: found.username, kind: 'person' })
  }
  $('to').value = ''
})
onSubmit('write', async () => {
  await api(path('messages'), { to: chat.id, text: $('text').value })
  $('text').value = ''
  await refresh()
  $('messages').scrollTop = $('messages').scrollHeight
})
$('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  $('write').requestSubmit()
})
run()
`
