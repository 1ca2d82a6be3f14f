/** The form of an address that its owner recognises and that tells nobody else what it is: `a***a@e***.org`. */
export function emailPattern(email: string): string {
  const at = email.lastIndexOf('@')
  const name = [...email.slice(0, at)]
  const domain = email.slice(at + 1)
  const end = domain.lastIndexOf('.')
  const last = name.length > 2 ? (name.at(-1) ?? '') : ''
  return `${name[0] ?? ''}***${last}@${[...domain][0] ?? ''}***${end < 0 ? '' : domain.slice(end)}`
}
