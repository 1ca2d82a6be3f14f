import { didYouMean } from '@cablegram/tl'
import type { Arguments, Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { parseDuration } from '../duration.ts'
import { CommandLineError } from '../errors.ts'
import { printAnswer, table } from '../print.ts'

interface Fault {
  readonly id?: number
  readonly method?: string | undefined
  readonly phone?: string | undefined
  readonly connectionId?: number | undefined
  readonly error?: { readonly code: number; readonly type: string } | undefined
  readonly transport?: number | undefined
  readonly delayMs?: number | undefined
  readonly drop?: boolean | undefined
  readonly close?: boolean | undefined
  readonly badSalt?: boolean | undefined
  readonly duplicateKey?: boolean | undefined
  readonly cut?: boolean | undefined
  readonly fileDc?: number | undefined
  readonly every?: number | undefined
  readonly references?: string | undefined
  readonly userId?: number | undefined
  readonly push?: string | undefined
  readonly difference?: string | undefined
  readonly times?: number | undefined
}

/** `cablegram fault`: requests that go wrong. */
export const faultCommand: Command = {
  name: 'fault',
  summary: 'Make requests and updates go wrong: errors, broken connections, lost and late answers.',
  positionals: [
    {
      name: 'METHOD',
      help: 'the method whose requests go wrong, such as auth.sendCode (default: every one)',
    },
  ],
  options: {
    phone: {
      heading: 'Which requests',
      value: 'NUMBER',
      help: 'only requests with this number, or of the client signed in with it',
    },
    connection: { value: 'ID', help: 'only requests on this connection; GET /api/connections lists them' },
    user: {
      value: 'ID',
      help: 'only requests of this account; with --push and --difference: only its updates',
    },
    every: { value: 'N', help: 'only each N-th of these requests' },
    times: { value: 'N', help: 'only the next N requests (default: all, until the fault is deleted)' },
    error: { heading: 'What happens', value: 'TYPE', help: 'answer this error, such as FLOOD_WAIT_30' },
    code: { value: 'N', help: 'the code of the error (default: the one that Telegram documents)' },
    delay: { value: 'TIME', help: 'wait first, such as 250ms or 5s; alone or with another effect' },
    drop: { help: 'run the method and send no answer' },
    close: { help: 'break the connection' },
    transport: {
      value: '404|429|444',
      oneOf: ['404', '429', '444'],
      help: 'send the transport error -404, -429 or -444',
    },
    'bad-salt': { help: 'answer bad_server_salt: the client then sends the request again' },
    'duplicate-key': { help: 'end the login with 406 AUTH_KEY_DUPLICATED' },
    cut: { help: 'run the method, and break the connection in the middle of the answer' },
    'file-dc': { value: 'N', help: 'in other data centres, answer FILE_MIGRATE_N to reads of files' },
    'expire-references': { help: 'expire the file references that clients have; with --user those of one' },
    push: {
      value: 'drop|double|delay|reorder',
      oneOf: ['drop', 'double', 'delay', 'reorder'],
      help: 'lose an update, send it twice, late (--delay), or after the next one',
    },
    difference: {
      value: 'tooLong|slice|invalid|outdated',
      oneOf: ['tooLong', 'slice', 'invalid', 'outdated'],
      help: 'answer updates.getDifference so',
    },
    delete: { heading: 'Faults that wait', value: 'ID', help: 'delete one' },
    clear: { help: 'delete all' },
    ...ANSWER_OPTIONS,
    json: { heading: 'Output and server', help: 'print the answer as JSON' },
  },
  examples: [
    ['npx cablegram fault', 'the faults that wait for requests'],
    [
      'npx cablegram fault auth.sendCode --error FLOOD_WAIT_30 --times 1',
      'the next auth.sendCode is refused',
    ],
    ['npx cablegram fault auth.signIn --close --times 1', 'the connection breaks at the next auth.signIn'],
    ['npx cablegram fault --delay 2s --phone +9996621234', 'everything takes two seconds for one number'],
    ['npx cablegram fault upload.getFile --cut --every 5', 'each fifth part of a file breaks off'],
    ['npx cablegram fault --expire-references', 'all file references have expired'],
    ['npx cablegram fault --push drop --times 1', 'the next update is lost on its way'],
    ['npx cablegram fault --clear', 'everything works again'],
  ],
  async run(args) {
    const [method] = args.positionals
    const id = args.number('delete')
    const fault = await faultOf(args, method)
    if (id !== undefined || args.flag('clear')) return await deleteFaults(args, id, fault)
    if (fault === undefined) {
      await checkMethod(method)
      const { faults } = (await askConsole(args, '/api/faults')) as { faults: readonly Fault[] }
      const shown = faults.filter((each) => method === undefined || each.method === method)
      // With --json an empty list is an answer: it says that the faults are used up.
      if (shown.length === 0 && method !== undefined && !args.flag('json')) throw noFaultOf(method)
      if (shown.length === 0) process.stderr.write('There are no faults.\n')
      printAnswer(args, { faults: shown }, table(shown.map(row)))
      return 0
    }
    const added = (await askConsole(args, '/api/faults', { method: 'POST', body: fault })) as { id: number }
    printAnswer(args, added, `Fault ${added.id}: ${inWords(fault)}.`)
    return 0
  },
}

/** No fault can have a method that does not exist; the server checks the method of a new fault. */
async function checkMethod(method: string | undefined): Promise<void> {
  if (method === undefined) return
  const { isMethodOfAnyLayer, methodsOfAnyLayer } = await import('@cablegram/tl/layers')
  if (isMethodOfAnyLayer(method)) return
  const next = didYouMean(method, methodsOfAnyLayer()) || 'See https://core.telegram.org/methods.'
  throw new CommandLineError(`no layer has a method ${method}. ${next}`)
}

/** A script that forgets the effect of a new fault must not go on as if there were one. */
function noFaultOf(method: string): CommandLineError {
  return new CommandLineError(
    `no fault for ${method}. To add one, say what happens: --error, --delay or another effect of \`npx cablegram fault --help\`.`,
  )
}

async function deleteFaults(
  args: Arguments,
  id: number | undefined,
  fault: Fault | undefined,
): Promise<number> {
  if (fault !== undefined || (id !== undefined && args.flag('clear'))) {
    throw new CommandLineError(
      '--delete and --clear stand alone: they neither go together nor with a new fault.',
    )
  }
  await askConsole(args, id === undefined ? '/api/faults' : `/api/faults/${id}`, { method: 'DELETE' })
  printAnswer(
    args,
    id === undefined ? {} : { id },
    id === undefined ? 'Deleted all faults.' : `Deleted fault ${id}.`,
  )
  return 0
}

const EFFECTS = [
  'error',
  'code',
  'delay',
  'drop',
  'close',
  'transport',
  'bad-salt',
  'duplicate-key',
  'cut',
  'file-dc',
  'expire-references',
  'push',
  'difference',
  'times',
] as const

/** Undefined if the command line has no effect in it. */
async function faultOf(args: Arguments, method: string | undefined): Promise<Fault | undefined> {
  if (!EFFECTS.some((name) => args.flag(name) || args.text(name) !== undefined)) return undefined
  const delay = args.text('delay')
  const transport = args.number('transport')
  return {
    method,
    phone: args.text('phone'),
    connectionId: args.number('connection'),
    error: await errorOf(args, method),
    transport: transport === undefined ? undefined : -transport,
    delayMs: delay === undefined ? undefined : Math.round(parseDuration(delay, '--delay') * 1000),
    drop: args.flag('drop') || undefined,
    close: args.flag('close') || undefined,
    badSalt: args.flag('bad-salt') || undefined,
    duplicateKey: args.flag('duplicate-key') || undefined,
    cut: args.flag('cut') || undefined,
    fileDc: args.number('file-dc'),
    every: args.number('every'),
    references: args.flag('expire-references') ? 'expired' : undefined,
    userId: args.number('user'),
    push: args.text('push'),
    difference: args.text('difference'),
    times: args.number('times'),
  }
}

async function errorOf(args: Arguments, method: string | undefined): Promise<Fault['error']> {
  const type = args.text('error')
  const code = codeOf(args.text('code'))
  if (type === undefined) {
    if (code === undefined) return undefined
    throw new CommandLineError('--code is the code of an error: give the error with --error.')
  }
  return { code: code ?? (await documentedCode(type, method)), type }
}

function codeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  throw new CommandLineError(`--code is a whole number such as 400, not "${text}".`)
}

/** The code of an error, that of the method if the error has several. `FLOOD_WAIT_30` is documented as `FLOOD_WAIT_X`. */
async function documentedCode(type: string, method: string | undefined): Promise<number> {
  const { default: errors } = await import('@cablegram/tl/errors.json', { with: { type: 'json' } })
  const names = [type, type.replace(/_\d+(?=_|$)/, '_X')]
  const rows = errors.filter(({ name }) => names.includes(name))
  const ofMethod = rows.filter(({ methods }) => methods === 'any' || methods.includes(method ?? ''))
  const [code] = (ofMethod.length > 0 ? ofMethod : rows).map((each) => each.code).sort(rarestFirst)
  if (code !== undefined) return code
  const next = didYouMean(type, new Set(errors.map(({ name }) => name)))
  throw new CommandLineError(
    `no code is documented for ${type}. ${next === '' ? '' : `${next} `}For another error give its code, such as --code 400.`,
  )
}

/** An error that exists as 400, too, is named by its other code: 406 PHONE_NUMBER_INVALID. */
function rarestFirst(a: number, b: number): number {
  return Number(a === 400) - Number(b === 400) || Math.abs(a) - Math.abs(b)
}

function row(fault: Fault): string[] {
  return [String(fault.id), inWords(fault)]
}

function inWords(fault: Fault): string {
  if (fault.references !== undefined) return ofReferences(fault)
  return fault.push === undefined && fault.difference === undefined ? ofRequests(fault) : ofUpdates(fault)
}

function ofReferences({ userId }: Fault): string {
  return `every file reference${userId === undefined ? '' : ` of user ${userId}`} from before: expired`
}

function ofUpdates({ userId, push, difference, delayMs, times }: Fault): string {
  const thing = push === undefined ? 'updates.getDifference' : 'update'
  const which =
    times === undefined
      ? `every ${thing}`
      : times === 1
        ? `the next ${thing}`
        : `the next ${times} × ${thing}`
  const late = delayMs === undefined ? '' : ` (${delayMs} ms)`
  return `${which}${userId === undefined ? '' : ` of user ${userId}`}: ${push ?? difference}${late}`
}

function ofRequests(fault: Fault): string {
  const { method, phone, connectionId, userId, every, times, fileDc } = fault
  const [one, many] = fileDc === undefined ? ['request', 'requests'] : ['read of a file', 'reads of files']
  const which = [
    times === undefined ? 'every' : times === 1 ? 'the next' : `the next ${times}`,
    method ?? (times === undefined || times === 1 ? one : many),
    ...(phone === undefined ? [] : [`of ${phone}`]),
    ...(connectionId === undefined ? [] : [`on connection ${connectionId}`]),
    ...(userId === undefined ? [] : [`of user ${userId}`]),
    ...(every === undefined ? [] : [`(one in ${every})`]),
  ]
  return `${which.join(' ')}: ${effects(fault).join(', then ')}`
}

function effects(fault: Fault): string[] {
  const { delayMs, error, transport, drop, close, badSalt, duplicateKey, cut, fileDc } = fault
  return [
    ...(delayMs === undefined ? [] : [`wait ${delayMs} ms`]),
    ...(drop ? ['run without an answer'] : []),
    ...(error === undefined ? [] : [`answer ${error.code} ${error.type}`]),
    ...(transport === undefined ? [] : [`send transport error ${transport}`]),
    ...(close ? ['break the connection'] : []),
    ...(badSalt ? ['say that the salt is wrong'] : []),
    ...(duplicateKey ? ['end the login as a duplicate'] : []),
    ...(cut ? ['break the connection in the middle of the answer'] : []),
    ...(fileDc === undefined ? [] : [`answer 303 FILE_MIGRATE_${fileDc} in other data centres`]),
  ]
}
