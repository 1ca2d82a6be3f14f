import type { Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { inWords, parseDuration } from '../duration.ts'
import { localTime, printAnswer } from '../print.ts'

interface ClockState {
  readonly testClock: boolean
  readonly nowS: number
  readonly aheadS: number
}

const advance: Command = {
  name: 'advance',
  summary: 'Move the clock of your server ahead.',
  positionals: [{ name: 'TIME', help: 'how far, such as 90s, 5m, 1h30m or 7d', required: true }],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram clock advance 5m', 'codes have expired, short waits are over']],
  async run(args) {
    const seconds = parseDuration(args.positionals[0] ?? '', 'TIME')
    const body = { seconds }
    const state = (await askConsole(args, '/api/clock/advance', { method: 'POST', body })) as ClockState
    printAnswer(args, state, described(state))
    return 0
  },
}

/** `cablegram clock`: the clock that expiry, floods and waiting periods go by. */
export const clockCommand: Command = {
  name: 'clock',
  summary: 'Show the clock of your server, or move it ahead (with serve --test-clock).',
  actions: [advance],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram clock', 'the time of the server'],
    ['npx cablegram clock advance 5m', 'five minutes later'],
  ],
  async run(args) {
    const state = (await askConsole(args, '/api/clock')) as ClockState
    printAnswer(args, state, described(state))
    return 0
  },
}

function described({ nowS, aheadS, testClock }: ClockState): string {
  if (!testClock) return `${localTime(nowS)}: the real time. It can be moved with \`serve --test-clock\`.`
  return `${localTime(nowS)}: ${aheadS > 0 ? `${inWords(aheadS)} ahead of the real time` : 'the real time'}.`
}
