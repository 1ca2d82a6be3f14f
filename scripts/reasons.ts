/** Finds the lines of a step's output that say why it failed. */
import { stripVTControlCharacters } from 'node:util'

const MOST_LINES = 40
const LAST_LINES = 30
/** Lines of an assertion behind the name of its test. */
const MOST_BEHIND = 12
const MOST_CHARACTERS = 300

/** Failed tests of Node and of TAP, and errors of compilers, npm and programs. */
const SAYS_WHY = /^\s*(✖|not ok) (?!failing tests:)|(^|[\s:[])(error|fatal)\b|\w*Error\b.*: /i
const PASSED = /^\s*([✔ℹ﹣]|ok |# )/
const STACK_OR_FIELDS = /^\s+(at |generatedMessage:|code: 'ERR_ASSERTION')/

/**
 * The lines of an output that say why a command failed: the names of failed tests with what follows them, and lines about
 * errors; the last lines if there are none. At most 40 lines of 300 characters.
 */
export function reasonsIn(output: string): readonly string[] {
  const lines = stripVTControlCharacters(output).trimEnd().split('\n')
  const found = new Map<string, readonly string[]>()
  for (let place = 0; place < lines.length; place++) {
    const line = lines[place] ?? ''
    if (PASSED.test(line) || !SAYS_WHY.test(line)) continue
    const behind = linesBehind(lines, place)
    // Node names a failed test twice: where it ends, and at the end with its error.
    if (behind.length >= (found.get(line)?.length ?? 0)) found.set(line, behind)
    place += behind.length
  }
  const reasons = [...found].flatMap(([line, behind]) => [line, ...behind]).filter(isWorthALine)
  const kept = reasons.length > 0 ? reasons.slice(0, MOST_LINES) : lines.slice(-LAST_LINES)
  return kept.map((line) => line.slice(0, MOST_CHARACTERS))
}

/** The lines that are indented below a line. */
function linesBehind(lines: readonly string[], place: number): readonly string[] {
  const depth = indentOf(lines[place] ?? '')
  const behind = lines.slice(place + 1, place + 1 + MOST_BEHIND)
  const end = behind.findIndex((line) => indentOf(line) <= depth)
  return end < 0 ? behind : behind.slice(0, end)
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function isWorthALine(line: string): boolean {
  return /[^\s{}]/.test(line) && !STACK_OR_FIELDS.test(line)
}
