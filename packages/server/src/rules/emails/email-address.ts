import { refusal } from '../refusal.ts'

const MAX_LENGTH = 254
/** Addresses that need no quotes in the header of a mail. */
const ADDRESS = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u

/** Checks that a mail can be sent to an address. @throws {RpcError} EMAIL_INVALID */
export function checkEmail(email: string): string {
  if (email.length > MAX_LENGTH || !ADDRESS.test(email)) throw refusal('EMAIL_INVALID')
  return email
}

/**
 * Checks that the operator allows an address.
 *
 * @param domains in small letters; undefined: all
 * @throws {RpcError} EMAIL_INVALID, EMAIL_NOT_ALLOWED
 */
export function checkAllowedEmail(text: string, domains: readonly string[] | undefined): string {
  const email = checkEmail(text)
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (domains !== undefined && !domains.includes(domain)) throw refusal('EMAIL_NOT_ALLOWED')
  return email
}
