/** Programs that sign in to a server, with other people's libraries and with ours. */
import type { ServerInfo } from '../words.ts'
import { cablegram } from './cablegram.ts'
import { gotd } from './gotd.ts'
import { gramjs } from './gramjs.ts'
import { kurigram } from './kurigram.ts'
import { mtcute } from './mtcute.ts'
import { mtkruto } from './mtkruto.ts'
import type { Library } from './snippet.ts'
import { type Target, targetOf } from './target.ts'
import { tdlib } from './tdlib.ts'
import { telethon } from './telethon.ts'

/** A program that signs in to one server. It runs as it is, once the library is installed. */
export interface Snippet {
  /** As `cablegram connect` takes it: `gramjs`. */
  readonly name: string
  /** As its authors write it: `GramJS`. */
  readonly title: string
  /** The name to save it under. */
  readonly file: string
  /** The command that installs the library. */
  readonly install: string
  /** The command that runs the program. */
  readonly run: string
  /** The whole file. Its first lines are a comment with the commands. */
  readonly code: string
}

const LIBRARIES: readonly Library[] = [gramjs, mtcute, tdlib, telethon, kurigram, gotd, mtkruto, cablegram]

/** The names and titles of all snippets, in their order. */
export const SNIPPET_NAMES: readonly { readonly name: string; readonly title: string }[] = LIBRARIES.map(
  ({ name, title }) => ({ name, title }),
)

/**
 * All snippets, with the address, the key and the app of this server.
 *
 * @example
 * ```ts
 * import { startServer } from '@cablegram/server'
 * import { snippetsFor } from '@cablegram/server/snippets'
 *
 * const server = await startServer()
 * for (const { title, code } of snippetsFor(server.info)) console.log(title, code)
 * ```
 */
export function snippetsFor(info: ServerInfo): Snippet[] {
  const target = targetOf(info)
  return LIBRARIES.map((library) => snippetOf(library, target))
}

function snippetOf(library: Library, target: Target): Snippet {
  const { name, title, file, install, run } = library
  return { name, title, file, install, run, code: `${head(library, target)}\n${library.program(target)}` }
}

function head({ title, file, comment, install, run, notes = [] }: Library, { host, port }: Target): string {
  const lines = [
    `${title} signs in to the Cablegram server at ${host}:${port}. Save as ${file}.`,
    `Install: ${install}`,
    `Run:     ${run}`,
    ...notes,
  ]
  return lines.map((line) => `${comment} ${line}\n`).join('')
}
