/** A name that an account can have which is no bot. */
const ACCOUNT_NAME = /^(?!.*bot$)[a-z]\w{4,31}$/i

/** Tells whether somebody who is no bot can have this username: letters, digits and underscores, 5 to 32 of them. */
export function isAccountName(username: string): boolean {
  return ACCOUNT_NAME.test(username)
}
