import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { CommandError } from '../../errors.ts'
import { printAnswer, table } from '../../print.ts'
import { askAs, PERSON } from './person-path.ts'
import { timeoutOf, timeoutOption } from './timeout.ts'

interface Call {
  readonly id: number
  readonly method: string
  readonly state: 'underWay' | 'answered' | 'refused' | 'withheld'
  readonly error?: { readonly code: number; readonly type: string }
}

const STATES: Readonly<Record<Call['state'], string>> = {
  underWay: 'under way',
  answered: 'answered',
  refused: 'refused',
  withheld: 'not answered: a fault',
}

/** `cablegram people calls`. */
export const calls: Command = {
  name: 'calls',
  summary: 'List the calls that the clients of a person or a bot have made, the newest last.',
  positionals: [PERSON],
  options: {
    after: { value: 'N', help: 'only calls after this one (default: the last 1,000)' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram people calls @echo_bot', 'methods, and what became of them'],
    ['npx cablegram people calls @echo_bot --json', 'with requests and answers'],
  ],
  notes: ['The server remembers calls from the moment on at which somebody first acts as the account.'],
  async run(args) {
    const after = args.number('after')
    const query = after === undefined ? {} : { afterId: String(after) }
    const answer = (await askAs(args, 'calls', { query })) as { calls: readonly Call[] }
    const rows = answer.calls.map(({ id, method, state, error }) => [
      String(id),
      method,
      error === undefined ? STATES[state] : `${error.code} ${error.type}`,
    ])
    printAnswer(args, answer, rows.length === 0 ? 'No calls yet.' : table(rows))
    return 0
  },
}

const IDLE_WITHIN = '5s'

/** `cablegram people idle`. */
export const idle: Command = {
  name: 'idle',
  summary: 'Wait until the clients of a person or a bot have heard all news, and their calls are over.',
  positionals: [PERSON],
  options: { ...timeoutOption(IDLE_WITHIN), ...ANSWER_OPTIONS },
  examples: [['npx cablegram people idle @echo_bot', 'exit 1 if something still goes on after 5 seconds']],
  async run(args) {
    const { timeout, timeoutMs } = timeoutOf(args, IDLE_WITHIN)
    const query = { timeoutMs: String(timeoutMs) }
    const { isIdle, reason } = (await askAs(args, 'idle', { query })) as { isIdle: boolean; reason?: string }
    if (!isIdle)
      throw new CommandError(`${args.positionals[0]} was not idle within ${timeout}. ${reason ?? ''}`)
    printAnswer(args, { isIdle }, 'Idle.')
    return 0
  },
}
