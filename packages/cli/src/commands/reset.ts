import type { Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { printAnswer } from '../print.ts'

/** `cablegram reset`: everything anew. */
export const resetCommand: Command = {
  name: 'reset',
  summary: 'Bring your server back to the state after its start (with serve --memory or --test-clock).',
  options: ANSWER_OPTIONS,
  notes: [
    'Accounts, logins, codes, rules, faults and the moved clock go; a seed is applied again. The keys, the apps and the\naddresses stay, so clients need no new configuration.',
  ],
  examples: [['npx cablegram reset', 'before the next test']],
  async run(args) {
    await askConsole(args, '/api/reset', { method: 'POST' })
    printAnswer(args, {}, 'The server is as it was right after its start.')
    return 0
  },
}
