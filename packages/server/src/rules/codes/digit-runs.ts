import { plainText } from '../../typed-text.ts'

/** Digits in a row, and such with one sign or one space between any two of them: 12345, 12-345, 1 2 3 4 5. */
const RUNS = [/\d+/g, /\d(?:[.,_-]?\d)+/g, /\d(?:\s?\d)+/g]

/** Every number that stands in a text by itself, as its digits: a code within a longer number is none. */
export function digitRuns(text: string): string[] {
  // A character that looks like a digit to a person, such as １, counts as one.
  const plain = plainText(text.normalize('NFKC'))
  return RUNS.flatMap((run) => plain.match(run) ?? []).map((found) => found.replace(/\D/g, ''))
}
