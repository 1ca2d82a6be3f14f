/** Values that go from one method's page to the next, by the names of fields: a number, and the hash of its code. */
export type Memory = Readonly<Record<string, string>>

const KEY = 'cablegram try-it'
const KEPT_FIELDS = ['phone_number', 'email_pattern']

/** Values of an unfinished login in this tab. */
export function recall(): Memory {
  const text = sessionStorage.getItem(KEY)
  return text === null ? {} : JSON.parse(text)
}

/** Keeps what the next method of a login asks for. */
export function remember(params: Readonly<Record<string, unknown>>, answer: unknown): void {
  const known = { ...recall() }
  for (const name of KEPT_FIELDS) {
    const value = params[camel(name)]
    if (typeof value === 'string') known[name] = value
  }
  const hash =
    typeof answer === 'object' && answer !== null && 'phoneCodeHash' in answer
      ? answer.phoneCodeHash
      : undefined
  if (typeof hash === 'string') known['phone_code_hash'] = hash
  sessionStorage.setItem(KEY, JSON.stringify(known))
}

/** Forgets all of it. */
export function forget(): void {
  sessionStorage.removeItem(KEY)
}

function camel(name: string): string {
  return name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase())
}
