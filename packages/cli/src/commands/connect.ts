import type { ServerInfo } from '@cablegram/server'
import type { Arguments, Command } from '../command.ts'
import { askConsole, CONSOLE_OPTIONS } from '../console.ts'
import { CommandLineError } from '../errors.ts'

/** `cablegram connect`: programs that sign in to a server with other libraries. */
export const connectCommand: Command = {
  name: 'connect',
  summary: 'Print a program that signs in to your server with another library.',
  positionals: [{ name: 'NAME', help: 'the library, such as gramjs; without a name all are listed' }],
  options: CONSOLE_OPTIONS,
  notes: [
    'The program has the address, the public key and an app of your server in it. Its first lines say how to install\nthe library and how to run the program.',
  ],
  examples: [
    ['npx cablegram connect', 'list the libraries'],
    ['npx cablegram connect telethon > with_telethon.py', 'save the program for Telethon'],
  ],
  async run(args) {
    const [name] = args.positionals
    process.stdout.write(name === undefined ? await list() : await program(name, args))
    return 0
  },
}

async function list(): Promise<string> {
  const { SNIPPET_NAMES } = await import('@cablegram/server/snippets')
  const width = Math.max(...SNIPPET_NAMES.map(({ name }) => name.length))
  const rows = SNIPPET_NAMES.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`)
  return `${rows.join('')}\nNext: npx cablegram connect NAME\n`
}

async function program(name: string, args: Arguments): Promise<string> {
  const { SNIPPET_NAMES, snippetsFor } = await import('@cablegram/server/snippets')
  const names = SNIPPET_NAMES.map((known) => known.name)
  if (!names.includes(name.toLowerCase())) {
    throw new CommandLineError(`there is no program for "${name}"; there are ${names.join(', ')}.`)
  }
  const info = (await askConsole(args, '/server.json', {})) as ServerInfo
  return snippetsFor(info).find((snippet) => snippet.name === name.toLowerCase())?.code ?? ''
}
