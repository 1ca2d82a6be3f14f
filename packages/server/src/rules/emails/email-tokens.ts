/** What a token begins with that vouches for an address where there is no Google or Apple to ask. */
const PREFIX = 'test:'

/** The address that a token of a test vouches for: `test:ada@example.org`; undefined for any other. */
export function vouchedEmail(token: string): string | undefined {
  return token.startsWith(PREFIX) ? token.slice(PREFIX.length) : undefined
}
