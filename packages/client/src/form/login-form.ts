import type { LoginFace } from '../login/face.ts'
import { type Choices, screenOf } from './screens.ts'
import { FormView } from './view.ts'

/** The options of a login form. */
export interface LoginFormOptions {
  /** Offers signing in by QR code. Default: yes. */
  readonly qr?: boolean | undefined
}

/**
 * A login form inside an element; it goes away when the login is over.
 *
 * @example
 * ```ts
 * import { TelegramClient } from '@cablegram/client'
 * import { loginForm } from '@cablegram/client/form'
 *
 * export async function signIn(element: Element) {
 *   const client = new TelegramClient('me', { server: 'http://127.0.0.1:10081' })
 *   return client.start({ ask: loginForm(element) })
 * }
 * ```
 */
export function loginForm(parent: Element, { qr = true }: LoginFormOptions = {}): LoginFace {
  return (login, { client, signal }) =>
    new Promise((resolve) => {
      const view = new FormView(parent)
      const choices: Choices = { isNumberWanted: false, isEmailWanted: false, recoveryCode: '' }
      const refresh = () => {
        const screen = screenOf({ login, client, choices, hasQr: qr, refresh })
        if (screen) view.show(screen)
        else end()
      }
      const stop = login.onState(refresh)
      const end = () => {
        stop()
        signal.removeEventListener('abort', end)
        view.remove()
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
      refresh()
    })
}
