import type { Language } from './values.ts'

/**
 * Values as `cablegram call` takes them: JSON in single quotes, longs as decimal strings, bytes as base64.
 *
 * @param bare paths of values of the state that are no text in JSON
 */
export function commandValues(bare: readonly string[]): Language {
  return {
    ref: (path) => {
      const variable = `'$${variableOf(path)}'`
      return bare.includes(path.join('.')) ? variable : `"${variable}"`
    },
    boolean: String,
    number: String,
    long: (value) => `"${value}"`,
    string: (text) => JSON.stringify(text).replaceAll("'", "'\\''"),
    bytes: base64,
    query: (_method, bytes) => base64(bytes),
    list: (items) => `[${items.join(',')}]`,
    object: (entries) => `{${entries.map(({ key, text }) => `${JSON.stringify(key)}:${text}`).join(',')}}`,
  }
}

function base64(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('base64'))
}

/** The shell variable that keeps a value of the state: `hash` of `sent.phoneCodeHash`. */
export function variableOf(path: readonly string[]): string {
  return path.at(-1) ?? ''
}
