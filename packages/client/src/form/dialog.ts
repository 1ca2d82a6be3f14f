import type { LoginFace } from '../login/face.ts'
import { type LoginFormOptions, loginForm } from './login-form.ts'

/** The options of a login dialog. */
export interface LoginDialogOptions extends LoginFormOptions {}

/** The form in a dialog over the page. Escape gives the login up. `client.start()` without answers shows it. */
export function loginDialog(options: LoginDialogOptions = {}): LoginFace {
  return async (login, surroundings) => {
    const dialog = document.createElement('dialog')
    dialog.setAttribute('aria-label', 'Sign in')
    dialog.style.cssText =
      'border: 1px solid GrayText; border-radius: .6em; padding: 1.5em; inline-size: min(26em, 100vw - 2em); box-sizing: border-box; color-scheme: inherit'
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      login.act('cancel').catch((error) => surroundings.client.reportError(error))
    })
    document.body.append(dialog)
    try {
      const over = loginForm(dialog, options)(login, surroundings)
      dialog.showModal()
      await over
    } finally {
      dialog.remove()
    }
  }
}
