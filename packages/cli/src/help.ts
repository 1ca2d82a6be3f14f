import type { Command, Option, Positional } from './command.ts'

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
  const usage = positionals.map(usageOf).join('')
  return paragraphs([
    command.summary,
    `Usage: npx cablegram ${command.name}${usage} [OPTIONS]`,
    section(
      'Actions',
      (command.actions ?? []).map((action): Row => [`${command.name} ${action.name}`, action.summary]),
    ),
    section('Arguments', argumentRows(positionals)),
    ...optionSections(command),
    ...(command.notes ?? []),
    section('Examples', command.examples),
    command.actions ? `Each action has its own help: npx cablegram ${command.name} ACTION --help` : '',
  ])
}

/** An argument that can be given several times has one row. */
function argumentRows(positionals: readonly Positional[]): Row[] {
  return positionals.flatMap(({ name, help }, place): Row[] => {
    const next = positionals[place + 1]
    if (positionals[place - 1]?.name === name) return []
    return [[name, next?.name === name ? `${help}; ${next.help}` : help]]
  })
}

function usageOf({ name, required, isRest }: Positional): string {
  return required ? ` ${name}` : ` [${name}${isRest ? ' …' : ''}]`
}

/** All parts have the same width, so that they read as one table. */
function optionSections({ options }: Command): string[] {
  const width = Math.max(...Object.entries(options).map((entry) => optionRow(entry)[0].length))
  const parts: { readonly title: string; readonly rows: Row[] }[] = [{ title: 'Options', rows: [] }]
  for (const [name, option] of Object.entries(options)) {
    if (option.heading !== undefined) parts.push({ title: option.heading, rows: [] })
    parts.at(-1)?.rows.push(optionRow([name, option]))
  }
  parts.at(-1)?.rows.push(['--help', 'show this help'])
  return parts.map(({ title, rows }) => section(title, rows, width))
}

function optionRow([name, { value, short, help }]: readonly [string, Option]): Row {
  return [
    `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]
}

type Row = readonly [string, string]

function section(title: string, rows: readonly Row[], atLeast = 0): string {
  if (rows.length === 0) return ''
  const width = Math.max(atLeast, ...rows.map(([left]) => left.length))
  const indent = `\n${' '.repeat(width + 4)}`
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right.replaceAll('\n', indent)}`)
  return [`${title}:`, ...lines].join('\n')
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
