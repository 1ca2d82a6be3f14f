import { parseArgs } from 'node:util'
import { didYouMean } from '@cablegram/tl'
import { CommandLineError } from './errors.ts'

/** An option `--name` of a command. */
export interface Option {
  /** The title of the part of the help that begins with this option. */
  readonly heading?: string
  /** One letter: `-e` for `--execute`. */
  readonly short?: string
  /** The name of the value in the help; an option without one is a switch. */
  readonly value?: string
  readonly help: string
  /** The possible values, if they are few. */
  readonly oneOf?: readonly string[]
}

/** An argument by position. */
export interface Positional {
  readonly name: string
  readonly help: string
  readonly required?: boolean
  /** Any number of further arguments. */
  readonly isRest?: boolean
}

/** A command of `cablegram`. */
export interface Command {
  readonly name: string
  readonly summary: string
  readonly positionals?: readonly Positional[]
  /** Commands of its own, which are named by its first argument. */
  readonly actions?: readonly Command[]
  readonly options: Readonly<Record<string, Option>>
  /** Paragraphs below the options in the help. */
  readonly notes?: readonly string[]
  /** Command lines, each with its effect. */
  readonly examples: readonly (readonly [string, string])[]
  /** @returns the exit code */
  run(args: Arguments): Promise<number>
}

/** A command's arguments, checked against its definition. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>
  readonly positionals: readonly string[]

  constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[]) {
    this.#values = values
    this.positionals = positionals
  }

  /** An option's value. */
  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  /** An option's value as a whole number. */
  number(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw new CommandLineError(`--${name} is a whole number; it cannot be "${text}".`)
  }

  /** These arguments; `other` fills in those that are left out. */
  over(other: Arguments): Arguments {
    return new Arguments({ ...other.#values, ...this.#values }, this.positionals)
  }

  /** Whether a switch was given. */
  flag(name: string): boolean {
    return this.#values[name] === true
  }
}

/** Reads a command's arguments. @throws CommandLineError */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short !== undefined && { short }),
      },
    ]),
  )
  const { values, positionals } = parse(command, argv, options)
  for (const [name, { oneOf }] of Object.entries(command.options)) {
    const value = values[name]
    if (oneOf === undefined || typeof value !== 'string' || oneOf.includes(value)) continue
    throw new CommandLineError(`--${name} is ${oneOf.join(' or ')}; it cannot be "${value}".`)
  }
  checkPositionals(command, positionals)
  return new Arguments(values, positionals)
}

type ParseOptions = Record<string, { type: 'boolean' | 'string'; short?: string }>

function parse(command: Command, argv: readonly string[], options: ParseOptions) {
  try {
    const args = joinNegative(argv, options)
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { values, positionals: positionals.map((each) => each.replace(/^ (?=-\d+$)/, '')) }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // The first sentence of Node's message says what is wrong; the rest is for programmers.
    const [sentence = error.message] = error.message.split(/\. |\.?\n/)
    const question = isUnknownOption(error) ? optionHint(sentence, Object.keys(options)) : ''
    throw new CommandLineError(
      `${sentence}.${question === '' ? '' : ` ${question}`} See \`npx cablegram ${command.name} --help\`.`,
    )
  }
}

function isUnknownOption(error: TypeError): boolean {
  return 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
}

/** Node's message has the option in quotes. */
function optionHint(sentence: string, names: readonly string[]): string {
  const [, given = ''] = /'(--[^']+)'/.exec(sentence) ?? []
  return didYouMean(
    given,
    names.map((name) => `--${name}`),
  )
}

/** Node takes `-503` for an option: after an option it is its value, and elsewhere an argument. */
function joinNegative(argv: readonly string[], options: ParseOptions): string[] {
  const joined: string[] = []
  for (const arg of argv) {
    const last = joined.at(-1) ?? ''
    const takesValue = last.startsWith('--') && options[last.slice(2)]?.type === 'string'
    if (takesValue && /^-\d+$/.test(arg)) joined[joined.length - 1] = `${last}=${arg}`
    else joined.push(/^-\d+$/.test(arg) ? ` ${arg}` : arg)
  }
  return joined
}

/** Suggestion for an unknown action. */
export function actionHint(given: string, actions: readonly Command[]): string {
  const names = actions.map(({ name }) => name)
  const all = names.length === 1 ? `There is only ${names[0]}.` : `There are ${names.join(', ')}.`
  return didYouMean(given, names) || all
}

function checkPositionals({ name, positionals, actions }: Command, found: readonly string[]): void {
  const wanted = positionals ?? []
  const missing = wanted.slice(found.length).find((positional) => positional.required)
  const help = `See \`npx cablegram ${name} --help\`.`
  if (missing) throw new CommandLineError(`${missing.name} is missing: ${missing.help}. ${help}`)
  const extra = found[wanted.length]
  if (extra === undefined || wanted.at(-1)?.isRest) return
  if (actions === undefined || wanted.length > 0) {
    throw new CommandLineError(`"${extra}" is one argument too many. ${help}`)
  }
  throw new CommandLineError(
    `"${extra}" is not an action of \`cablegram ${name}\`. ${actionHint(extra, actions)}`,
  )
}
