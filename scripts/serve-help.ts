// Writes the help of `cablegram serve` as text, for `npm start -- --help` before anything is installed.
import { writeFileSync } from 'node:fs'
import { serveCommand } from '../packages/cli/src/commands/serve.ts'
import { commandHelp } from '../packages/cli/src/help.ts'

export const SERVE_HELP: URL = new URL('../packages/cli/serve-help.txt', import.meta.url)

/** The text that the file holds. */
export function renderServeHelp(): string {
  return commandHelp(serveCommand)
}

if (import.meta.main) writeFileSync(SERVE_HELP, renderServeHelp())
