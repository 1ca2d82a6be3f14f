/** The address in printed programs. */
export const PRINTED_SERVER: string = 'http://127.0.0.1:10081'

/** The options of `cablegram serve` that a program asks for in its first lines. */
export function serveOptions(text: string): string {
  return /^(?:\/\/|--|#) Server: npx cablegram serve --memory (.+)$/m.exec(text)?.[1] ?? ''
}

/** The commands that a program wants typed first. */
export function firstCommands(text: string): string[] {
  return [...text.matchAll(/^(?:\/\/|--) First: (.+)$/gm)].map(([, command = '']) => command)
}

/** The variables that a program takes as arguments. */
export function argumentNames(text: string): string[] {
  const [, line = ''] = /^(?:\/\/|--) Run: (.+)$/m.exec(text) ?? []
  return [...line.matchAll(/"\$(\w+)"/g)].map(([, name = '']) => name)
}

/** The lines of commands, without comments. */
export function commandsIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** The error that a command is to be refused with, such as 401 SESSION_PASSWORD_NEEDED. */
export function refusalIn(line: string): string | undefined {
  return / {2}# (-?\d+ .+)$/.exec(line)?.[1]
}

/** Printed values, whichever blanks a language puts between them. */
export function valuesIn(lines: readonly string[]): string {
  return lines.map((line) => line.trim().split(/\s+/).join(' ')).join('\n')
}
