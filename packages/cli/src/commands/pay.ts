import type { Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { printAnswer } from '../print.ts'

/** `cablegram pay`: a code that has to be paid for is sent. */
export const payCommand: Command = {
  name: 'pay',
  summary: 'Confirm that a login code was paid for. The server then sends it.',
  positionals: [{ name: 'NUMBER', help: 'the phone number', required: true }],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram pay +9996621234', 'send the code that waits to be paid for']],
  async run(args) {
    const [number = ''] = args.positionals
    await askConsole(args, `/api/payments/${encodeURIComponent(number)}`, { method: 'POST' })
    printAnswer(args, {}, `The code for ${number} is paid for, and sent.`)
    return 0
  },
}
