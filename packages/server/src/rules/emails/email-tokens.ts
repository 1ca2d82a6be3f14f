/** The beginning of a token that vouches for an address in tests, without a Google or an Apple to ask. */
const PREFIX = 'test:'

/** The address that a token of a test vouches for: `test:ada@example.org`. Any other token gives undefined. */
export function vouchedEmail(token: string): string | undefined {
  return token.startsWith(PREFIX) ? token.slice(PREFIX.length) : undefined
}
