/**
 * What people recognise an address of theirs by, and nobody else learns it from: `a***a@example.org`.
 */
export function emailPattern(email: string): string {
  const at = email.lastIndexOf('@')
  const name = [...email.slice(0, at)]
  return `${name[0] ?? ''}***${name.length > 2 ? name.at(-1) : ''}${email.slice(at)}`
}
