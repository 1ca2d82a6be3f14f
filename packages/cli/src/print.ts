import type { Arguments } from './command.ts'

/** Prints an answer: as JSON with `--json`, otherwise in words. */
export function printAnswer(args: Arguments, answer: unknown, words: string): void {
  const text = args.flag('json') ? JSON.stringify(answer ?? {}) : words.trimEnd()
  if (text !== '') process.stdout.write(`${text}\n`)
}

/** Rows as lines with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}

/** Such as 2026-11-23 04:05:06, by this machine's clock and zone. */
export function localTime(unixS: number): string {
  const date = new Date(unixS * 1000)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  return `${day.map((part) => String(part).padStart(2, '0')).join('-')} ${date.toTimeString().slice(0, 8)}`
}

/** Text that another machine may have chosen, without control characters. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '')
}
