import type { Arguments, Command } from '../command.ts'
import { askConsole, CONSOLE_OPTIONS, type CodeEntry } from '../console.ts'
import { inWords } from '../duration.ts'
import { CommandError, CommandLineError, NoServerError } from '../errors.ts'
import { localTime } from '../print.ts'

/** The console holds a request for so long; then the command asks again. */
const WAIT_MS = 30_000
/** The pause between attempts to reach a server that is gone. */
const RETRY_MS = 500

/** `cablegram codes`: the inbox in the terminal. */
export const codesCommand: Command = {
  name: 'codes',
  summary: 'Show the login codes that your server has sent.',
  options: {
    phone: { value: 'NUMBER', help: 'only the codes of this number' },
    follow: { help: 'wait for new codes and show them, until Ctrl-C' },
    last: { help: 'print only the newest code, for a script' },
    json: { help: 'one JSON object a line' },
    ...CONSOLE_OPTIONS,
  },
  examples: [
    ['npx cablegram codes', 'show the codes in the inbox, the newest last'],
    [
      'code=$(npx cablegram codes --last --phone +9996621234)',
      'keep the newest code of a number in a variable',
    ],
    ['npx cablegram codes --follow --phone +9996621234', 'wait for the codes of one number'],
  ],
  async run(args) {
    if (args.flag('last')) return showLast(args)
    process.once('SIGINT', () => process.exit(130))
    if (!args.flag('json')) await explainTimes(args)
    const last = await showNewer(args, undefined)
    // A script reads standard output, where there is nothing to read.
    if (last === undefined) process.stderr.write(noCodes(args))
    if (args.flag('follow')) await follow(args, last)
    return 0
  },
}

async function showLast(args: Arguments): Promise<number> {
  if (args.flag('follow')) throw new CommandLineError('--last and --follow exclude each other: give one.')
  const { codes } = (await askConsole(args, '/api/codes', { query: phoneQuery(args) })) as {
    codes: CodeEntry[]
  }
  const [newest] = codes
  if (newest === undefined) throw new CommandError(noCodes(args).trimEnd())
  process.stdout.write(`${args.flag('json') ? JSON.stringify(newest) : newest.code}\n`)
  return 0
}

/** Goes on when the server is started again; what came in between is shown then. */
async function follow(args: Arguments, shown: string | undefined): Promise<never> {
  let isGone = false
  for (let last = shown; ; ) {
    try {
      // A code that was used at once ends no wait: after each wait there may be newer ones.
      if (!isGone) await waitForNewer(args, last)
      last = await showNewer(args, last)
      isGone = false
    } catch (error) {
      if (!(error instanceof NoServerError)) throw error
      if (!isGone) process.stderr.write('cablegram: the server is gone. Waiting until it is back.\n')
      isGone = true
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** Waits for an entry after this one, or for a while. */
async function waitForNewer(args: Arguments, last: string | undefined): Promise<void> {
  const query = {
    ...phoneQuery(args),
    timeoutMs: String(WAIT_MS),
    ...(last !== undefined && { afterId: last }),
  }
  await askConsole(args, '/api/codes/wait', { query })
}

/** Shows what came after the entry shown last. @returns the id of the newest entry */
async function showNewer(args: Arguments, last: string | undefined): Promise<string | undefined> {
  const { codes } = (await askConsole(args, '/api/codes', { query: phoneQuery(args) })) as {
    codes: CodeEntry[]
  }
  const known = codes.findIndex(({ id }) => id === last)
  const newer = known < 0 ? codes : codes.slice(0, known)
  for (const entry of newer.toReversed())
    process.stdout.write(`${args.flag('json') ? JSON.stringify(entry) : lineOf(entry)}\n`)
  return codes[0]?.id ?? last
}

/** Says why times are in the future, before they are shown. */
async function explainTimes(args: Arguments): Promise<void> {
  const { aheadS } = (await askConsole(args, '/api/clock')) as { aheadS: number }
  if (aheadS <= 0) return
  process.stderr.write(
    `The test clock is ${inWords(aheadS)} ahead: the times of codes sent since then are in the future.\n`,
  )
}

function noCodes(args: Arguments): string {
  const phone = args.text('phone')
  const none = `No code has been sent${phone === undefined ? '' : ` to ${phone}`} yet`
  return args.flag('follow') ? `${none}; waiting for one.\n` : `${none}. --follow waits for one.\n`
}

function phoneQuery(args: Arguments): Record<string, string> {
  const phone = args.text('phone')
  return phone === undefined ? {} : { phone }
}

function lineOf({ phone, code, channel, to, sentAtS, state }: CodeEntry): string {
  const where = to === phone ? channel : `${channel} to ${to}`
  return `${localTime(sentAtS)}  ${phone.padEnd(16)}  ${code.padEnd(14)}  ${where}, ${state}`
}
