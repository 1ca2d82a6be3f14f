/**
 * The console API as the tests use it: only what `docs` promise, over HTTP, without imports from the
 * server.
 */
const CODE_WITHIN_MS = 30_000

/** One entry of the inbox. */
export interface InboxEntry {
  id: string | number
  phone: string
  code: string
  phoneCodeHash: string
  channel: string
  text: string
}

/** One account, as `GET /api/users` shows it. */
export interface ConsoleUser {
  id: string | number
  phone: string
  firstName: string
  hasPassword: boolean
  loginEmail?: string
  sessions: { hash: string; device: string; app: string; layer: number }[]
}

/** The newest code sent to this number, newer than the entry `afterId` if given. */
export async function waitForCode(
  console: string,
  phone: string,
  afterId?: string | number,
): Promise<InboxEntry> {
  const query = new URLSearchParams({ phone, timeoutMs: String(CODE_WITHIN_MS) })
  if (afterId !== undefined) query.set('afterId', String(afterId))
  const response = await fetch(`${console}/api/codes/wait?${query}`)
  if (response.status !== 200) throw new Error(`no code for ${phone}: HTTP ${response.status}`)
  return (await response.json()) as InboxEntry
}

/** All codes sent to this number that the inbox still has, newest first. */
export async function listCodes(console: string, phone: string): Promise<InboxEntry[]> {
  const found = await getJson<{ codes: InboxEntry[] }>(
    `${console}/api/codes?phone=${encodeURIComponent(phone)}`,
  )
  return found.codes
}

/** The accounts with this number: none or one. */
export async function listUsers(console: string, phone: string): Promise<ConsoleUser[]> {
  const found = await getJson<{ users: ConsoleUser[] }>(
    `${console}/api/users?phone=${encodeURIComponent(phone)}`,
  )
  return found.users
}

/** Makes an account as a sign-up would. */
export async function createUser(
  console: string,
  user: {
    phone: string
    firstName: string
    lastName?: string
    username?: string
    password?: string
    email?: string
    loginEmail?: string
  },
): Promise<ConsoleUser> {
  return postJson<ConsoleUser>(`${console}/api/users`, user)
}

/** Sets a rule for the numbers that begin with these digits. */
export async function putPhoneRule(
  console: string,
  digits: string,
  rule: { rule: 'channels'; channels: readonly string[] },
): Promise<void> {
  const url = `${console}/api/phone-rules/${digits}`
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(rule) })
  if (!response.ok) throw new Error(`PUT ${url}: HTTP ${response.status} ${await response.text()}`)
}

/** Signs out the only session of the account with this number. */
export async function removeSession(console: string, phone: string): Promise<void> {
  const [user] = await listUsers(console, phone)
  const [session] = user?.sessions ?? []
  const url = `${console}/api/users/${user?.id}/sessions/${session?.hash}`
  const response = await fetch(url, { method: 'DELETE' })
  if (!response.ok) throw new Error(`DELETE ${url}: HTTP ${response.status} ${await response.text()}`)
}

/** Makes a bot; only this answer shows its token. */
export async function createBot(
  console: string,
  bot: { username: string; ownerPhone?: string },
): Promise<{ id: string | number; username: string; token: string }> {
  return postJson(`${console}/api/bots`, bot)
}

/** Whether the server reports itself healthy. */
export async function isHealthy(console: string): Promise<boolean> {
  return (await fetch(`${console}/healthz`)).ok
}

/**
 * The number of calls answered so far, including those answered by a fault.
 *
 * @param labels counts only the series whose labels begin with these, such as `method="help.getConfig",result="ok"`
 */
export async function countCalls(console: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${console}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`cablegram_rpc_total{${labels}`))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

async function postJson<T>(url: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`POST ${url}: HTTP ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`GET ${url}: HTTP ${response.status}`)
  return (await response.json()) as T
}
