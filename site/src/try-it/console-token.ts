import { UsageError } from '@cablegram/client'
import { element } from './element.ts'

/** The console's first page keeps the token of this tab under the same name. */
const KEY = 'token'

/** The token of the console in this tab; undefined if nobody has given one. */
export function consoleToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined
}

/** Whether the console asks for a token, or for another one. */
export function asksForToken(error: unknown): boolean {
  return error instanceof UsageError && error.code === 'SERVER_INVALID' && error.message.includes('token')
}

/** A field for the token. @param retry goes on with the token that was typed */
export function tokenForm(retry: () => void): HTMLElement {
  const isWrong = consoleToken() !== undefined
  const form = element('form', {})
  const text = isWrong ? 'The console does not take this token.' : 'This console asks for its token.'
  const said = element('p', { textContent: text, className: isWrong ? 'wrong' : '' })
  said.setAttribute('role', isWrong ? 'alert' : 'status')
  const label = element('label', { htmlFor: 'token', textContent: 'Console token' })
  const input = element('input', { id: 'token', type: 'password', autocomplete: 'off', required: true })
  form.append(said, label, input, element('button', { type: 'submit', textContent: 'Connect' }))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    sessionStorage.setItem(KEY, input.value.trim())
    retry()
  })
  return form
}
