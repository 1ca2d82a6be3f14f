/**
 * Expands a pattern to its strings of digits: `7[56]|8(?:0|1)` is 75, 76, 80, 81. It knows digits, `[1-3]`,
 * `(?:…)`, `|` and `\d`; numbering plans use no others for leading digits.
 */
export function expandDigits(pattern: string): string[] {
  const { strings, next } = alternatives(pattern, 0)
  if (next !== pattern.length) throw new TypeError(`not a pattern of digits: ${pattern}`)
  return strings
}

interface Expanded {
  readonly strings: string[]
  readonly next: number
}

function alternatives(pattern: string, start: number): Expanded {
  let { strings, next } = sequence(pattern, start)
  while (pattern[next] === '|') {
    const other = sequence(pattern, next + 1)
    strings = [...strings, ...other.strings]
    next = other.next
  }
  return { strings, next }
}

function sequence(pattern: string, start: number): Expanded {
  let strings = ['']
  let next = start
  while (next < pattern.length && pattern[next] !== '|' && pattern[next] !== ')') {
    const part = item(pattern, next)
    strings = strings.flatMap((head) => part.strings.map((tail) => head + tail))
    next = part.next
  }
  return { strings, next }
}

function item(pattern: string, start: number): Expanded {
  if (pattern.startsWith('(?:', start)) {
    const group = alternatives(pattern, start + 3)
    return { strings: group.strings, next: group.next + 1 }
  }
  if (pattern.startsWith('\\d', start)) return { strings: [...'0123456789'], next: start + 2 }
  if (pattern[start] === '[') {
    const end = pattern.indexOf(']', start)
    return { strings: digitClass(pattern.slice(start + 1, end)), next: end + 1 }
  }
  return { strings: [pattern[start] ?? ''], next: start + 1 }
}

function digitClass(body: string): string[] {
  return [...'0123456789'].filter((digit) => new RegExp(`[${body}]`).test(digit))
}
