import { join } from 'node:path'
import type { CommandLines, CommandOutcome } from '../e2e/command-lines.ts'

/** Commands whose session is a file in the current folder. */
const WITH_SESSION = new Set(['call', 'login', 'accept', 'logout', 'lua'])

/**
 * The little of a shell that printed commands use: words, both kinds of quotes, variables, `name=$(…)` and comments. The
 * commands run in this process, on a server and in a folder of the test.
 */
export class Shell {
  readonly variables: Map<string, string> = new Map()
  readonly #commands: CommandLines
  readonly #folder: string

  constructor(commands: CommandLines, folder: string) {
    this.#commands = commands
    this.#folder = folder
  }

  /** Runs one line. An assignment has no output. */
  async run(line: string): Promise<CommandOutcome> {
    const [, name, inner] = /^(\w+)=\$\((.*)\)$/.exec(line) ?? []
    if (name === undefined || inner === undefined) return this.#command(line)
    const outcome = await this.#command(inner)
    this.variables.set(name, outcome.out)
    return { ...outcome, out: '' }
  }

  #command(line: string): Promise<CommandOutcome> {
    const [npx, program, ...args] = words(line, this.variables)
    if (npx !== 'npx' || program !== 'cablegram') throw new Error(`not a command of cablegram: ${line}`)
    return this.#commands.runWords(this.#inFolder(args))
  }

  /** Sessions are files of the test's folder. */
  #inFolder(args: readonly string[]): readonly string[] {
    const at = args.indexOf('--session')
    if (at >= 0) return args.with(at + 1, join(this.#folder, args[at + 1] ?? ''))
    const isUsed = WITH_SESSION.has(args[0] ?? '')
    return isUsed ? [...args, '--session', join(this.#folder, 'cablegram.session')] : args
  }
}

const PART = /'([^']*)'|"([^"]*)"|\\(.)|\$(\w+)|( +#.*$)|(\s+)|([^\s'"\\$]+)/g

/** The words of a line, as a shell reads them. */
export function words(line: string, variables: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  let word: string | undefined
  const value = (name: string): string => {
    const known = variables.get(name)
    if (known === undefined) throw new Error(`the variable ${name} is not set: ${line}`)
    return known
  }
  for (const [, single, double, escaped, variable, comment, , plain] of line.matchAll(PART)) {
    if (comment !== undefined) break
    const part =
      single ??
      double?.replace(/\$(\w+)/g, (_, name: string) => value(name)) ??
      escaped ??
      (variable === undefined ? plain : value(variable))
    if (part !== undefined) word = (word ?? '') + part
    else if (word !== undefined) {
      found.push(word)
      word = undefined
    }
  }
  return word === undefined ? found : [...found, word]
}
