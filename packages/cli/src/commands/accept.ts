import { CLIENT_OPTIONS, sessionFile, withClient } from '../client.ts'
import type { Command } from '../command.ts'

/** `cablegram accept`: lets another device sign in, that shows a QR code. */
export const acceptCommand: Command = {
  name: 'accept',
  summary: 'Let the device that shows a QR code sign in as the user of this session.',
  positionals: [
    { name: 'URL', help: 'what the QR code says: tg://login?token=…, quoted for the shell', required: true },
  ],
  options: CLIENT_OPTIONS,
  notes: [
    'As scanning does in Telegram: whoever shows the code gets into the account, so be sure whose it is.',
  ],
  examples: [
    [
      "npx cablegram accept 'tg://login?token=AQID' --session phone.session",
      'confirm what `npx cablegram login --qr` shows',
    ],
  ],
  run: (args) =>
    withClient(args, async (client) => {
      const { acceptLogin } = await import('@cablegram/client')
      const { appName, deviceModel } = await acceptLogin(client, args.positionals[0] ?? '')
      process.stdout.write(
        `Confirmed: ${printable(`${appName} on ${deviceModel}`)} signs in as the user of ${sessionFile(args)}.\n`,
      )
      return 0
    }),
}

/** The other device has chosen its names itself. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '')
}
