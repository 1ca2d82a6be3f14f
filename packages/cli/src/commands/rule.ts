import type { Arguments, Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { CommandLineError } from '../errors.ts'
import { printAnswer, table } from '../print.ts'

interface Rule {
  readonly digits: string
  readonly rule: 'ban' | 'protect' | 'migrate' | 'channels'
  readonly dc?: number
  readonly channels?: readonly string[]
}

/** `cablegram rule`: what happens at logins of numbers that begin with some digits. */
export const ruleCommand: Command = {
  name: 'rule',
  summary: 'Set how codes are sent to numbers that begin with certain digits, or ban these numbers.',
  positionals: [
    {
      name: 'DIGITS',
      help: 'the first digits of the numbers, such as 999662; alone: show their rule (default: list all)',
    },
  ],
  options: {
    channels: {
      heading: 'The rule',
      value: 'CHANNEL,…',
      help:
        'how auth.sendCode sends a code, and then each auth.resendCode: app, sms, call, flashCall,\n' +
        'missedCall, email, setUpEmail, fragment, firebase, smsWord, smsPhrase, payment',
    },
    ban: { help: 'refuse the numbers with 400 PHONE_NUMBER_BANNED, and end their sessions' },
    protect: { help: 'send no codes to the numbers, and answer 400 PHONE_PASSWORD_PROTECTED' },
    migrate: { value: 'DC', help: 'send the numbers to this data centre, with 303 PHONE_MIGRATE_X' },
    delete: { help: 'delete the rule of these digits' },
    ...ANSWER_OPTIONS,
    json: { heading: 'Output and server', help: 'print the answer as JSON' },
  },
  notes: ['If several rules fit a number, the one with the most digits applies.'],
  examples: [
    ['npx cablegram rule', 'all rules'],
    ['npx cablegram rule 999662 --channels smsWord,sms', 'a word in an SMS, then a code'],
    ['npx cablegram rule 4474 --ban', 'numbers that begin with +4474 are banned'],
    ['npx cablegram rule 999662 --delete', 'as without a rule'],
  ],
  async run(args) {
    const [digits] = args.positionals
    const rule = ruleOf(args)
    if (digits === undefined) {
      if (rule !== undefined || args.flag('delete'))
        throw new CommandLineError('say whose rule: give the first digits.')
      const { rules } = (await askConsole(args, '/api/phone-rules')) as { rules: readonly Rule[] }
      if (rules.length === 0) process.stderr.write('There are no rules.\n')
      printAnswer(args, { rules }, table(rules.map((each) => [`+${each.digits}…`, inWords(each)])))
      return 0
    }
    const path = `/api/phone-rules/${encodeURIComponent(digits)}`
    if (args.flag('delete')) {
      await askConsole(args, path, { method: 'DELETE' })
      printAnswer(args, { digits }, `Deleted the rule of ${digits}.`)
      return 0
    }
    const request = rule === undefined ? {} : ({ method: 'PUT', body: rule } as const)
    const shown = (await askConsole(args, path, request)) as Rule
    printAnswer(args, shown, `Numbers that begin with +${shown.digits}: ${inWords(shown)}.`)
    return 0
  },
}

function ruleOf(args: Arguments): Omit<Rule, 'digits'> | undefined {
  const channels = args.text('channels')?.split(',')
  const dc = args.number('migrate')
  const rules: Omit<Rule, 'digits'>[] = [
    ...(channels === undefined
      ? []
      : [{ rule: 'channels' as const, channels: channels.map((name) => name.trim()) }]),
    ...(dc === undefined ? [] : [{ rule: 'migrate' as const, dc }]),
    ...(args.flag('ban') ? [{ rule: 'ban' as const }] : []),
    ...(args.flag('protect') ? [{ rule: 'protect' as const }] : []),
  ]
  if (rules.length + Number(args.flag('delete')) > 1) {
    throw new CommandLineError(
      '--channels, --ban, --protect, --migrate and --delete exclude each other: give one.',
    )
  }
  return rules[0]
}

function inWords({ rule, dc, channels = [] }: Rule): string {
  switch (rule) {
    case 'ban':
      return 'banned'
    case 'protect':
      return 'protected: no codes are sent'
    case 'migrate':
      return `in data centre ${dc}`
    case 'channels':
      return `codes go by ${channels.join(', then ')}`
  }
}
