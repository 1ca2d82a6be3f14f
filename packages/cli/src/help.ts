import type { Command } from './command.ts'

/** The help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  return paragraphs([
    'Telegram in a box, and a client for it.',
    'Usage: npx cablegram COMMAND [OPTIONS]',
    section(
      'Commands',
      commands.map(({ name, summary }): Row => [name, summary]),
    ),
    section('Examples', [
      ['npx cablegram serve', 'start a server on this machine'],
      ['npx cablegram login +9996621234', 'sign in to it, in a second terminal'],
      ['npx cablegram codes --follow', 'watch the login codes it sends'],
    ]),
    'Each command has its own help: npx cablegram COMMAND --help',
  ])
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const positionals = command.positionals ?? []
  const usage = positionals.map(({ name, required }) => (required ? ` ${name}` : ` [${name}]`)).join('')
  const options = Object.entries(command.options).map(
    ([name, option]): Row => [
      `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
      option.help,
    ],
  )
  return paragraphs([
    command.summary,
    `Usage: npx cablegram ${command.name}${usage} [OPTIONS]`,
    section(
      'Arguments',
      positionals.map(({ name, help }): Row => [name, help]),
    ),
    section('Options', [...options, ['--help', 'show this']]),
    ...(command.notes ?? []),
    section('Examples', command.examples),
  ])
}

type Row = readonly [string, string]

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([left]) => left.length))
  return [`${title}:`, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)].join('\n')
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
