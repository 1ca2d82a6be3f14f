import { CLIENT_OPTIONS, sessionFile, withClient } from '../client.ts'
import type { Command } from '../command.ts'

/** `cablegram accept`: signs in another device by its QR code. */
export const acceptCommand: Command = {
  name: 'accept',
  summary: 'Sign in another device by the QR code that it shows, as the user of this session.',
  positionals: [
    { name: 'URL', help: 'the content of the QR code, tg://login?token=…, in quotes', required: true },
  ],
  options: CLIENT_OPTIONS,
  notes: [
    'This does what scanning does in Telegram: the device that shows the code gets into the account. Be sure whose it is.',
  ],
  examples: [
    [
      "npx cablegram accept 'tg://login?token=AQID' --session phone.session",
      'accept the QR code of `npx cablegram login --qr`',
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

/** Removes control characters: the other device chose these names. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '')
}
