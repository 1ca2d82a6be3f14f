/**
 * A question to end an error text with, such as `Did you mean auth.sendCode?`; empty if no known name is close to what
 * was given.
 *
 * @example
 * didYouMean('auth.sendcode', ['auth.sendCode', 'auth.signIn']) // 'Did you mean auth.sendCode?'
 */
export function didYouMean(given: string, known: Iterable<string>): string {
  const names = closestNames(given, known)
  return names.length === 0 ? '' : `Did you mean ${names.join(' or ')}?`
}

const MAX_NAMES = 3
/** Longer texts are no slip of a known name, and comparing them takes time. */
const MAX_LENGTH = 128

/**
 * The known names closest to what was given, at most three: those that differ only in capitals and punctuation, else those
 * whose part after the last dot is the same, else those that are a few letters away, else those that begin alike.
 */
export function closestNames(given: string, known: Iterable<string>): string[] {
  if (given.length === 0 || given.length > MAX_LENGTH) return []
  const names = [...known]
  for (const form of [letters, (name: string) => letters(lastPart(name))]) {
    const same = names.filter((name) => form(name) !== '' && form(name) === form(given))
    if (same.length > 0) return same.slice(0, MAX_NAMES)
  }
  const near = nearest(letters(given), names)
  return near.length > 0 ? near : beginningAlike(letters(given), names)
}

const MIN_BEGINNING = 3

function beginningAlike(given: string, names: readonly string[]): string[] {
  const alike = names.filter((name) => {
    const [shorter = '', longer = ''] = [given, letters(name)].sort((a, b) => a.length - b.length)
    return shorter.length >= MIN_BEGINNING && longer.startsWith(shorter)
  })
  return alike.slice(0, MAX_NAMES)
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** A third of the letters may be wrong. */
function nearest(given: string, names: readonly string[]): string[] {
  let least = Math.floor(given.length / 3)
  let found: string[] = []
  for (const name of names) {
    const other = letters(name)
    if (Math.abs(other.length - given.length) > least) continue
    const distance = editDistance(given, other)
    if (distance > least || distance === 0) continue
    if (distance < least) found = []
    least = distance
    found.push(name)
  }
  return found.slice(0, MAX_NAMES)
}

/** Number of letters to add, remove, replace or swap with their neighbour until one text is the other. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1]
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, right.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
