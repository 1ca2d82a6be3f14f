import { CLIENT_OPTIONS, sessionFile, withClient } from '../client.ts'
import type { Command } from '../command.ts'

/** `cablegram logout`: ends the session, on the server too. */
export const logoutCommand: Command = {
  name: 'logout',
  summary: 'Sign out: the server and the session file forget the login.',
  options: CLIENT_OPTIONS,
  examples: [['npx cablegram logout', 'end the session of cablegram.session']],
  run: (args) =>
    withClient(args, async (client) => {
      const { logOut } = await import('@cablegram/client')
      await logOut(client)
      process.stdout.write(`Signed out; ${sessionFile(args)} can be used for another login.\n`)
      return 0
    }),
}
