/**
 * A form that signs in, for pages, without a framework: number, code, password, sign-up, login e-mail, QR code.
 */
export { type LoginDialogOptions, loginDialog } from './dialog.ts'
export { type LoginFormOptions, loginForm } from './login-form.ts'
