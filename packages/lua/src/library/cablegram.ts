import { closestNames } from '@cablegram/tl'
import { pushValue } from '../marshal/push.ts'
import { readObject } from '../marshal/read.ts'
import { decodeStrictly } from '../state/memory.ts'
import { LUA_TYPE } from '../state/module.ts'
import { RefusedCall } from '../state/refused-call.ts'
import type { Stack } from '../state/stack.ts'
import { Mistake } from '../state/thrown.ts'
import { dailyCalls } from './daily.ts'
import type { Host, LuaApp, StartOutcome } from './host.ts'
import type { Updates } from './updates.ts'

/** Parts of a script that the functions of `cablegram` use. */
export interface CablegramParts {
  readonly host: Host
  readonly updates: Updates
  readonly args: readonly string[]
  /** The reference of the metatable of refusals; known only after the prelude has run. */
  readonly refusal: () => number
}

/** So many names the table has, about. */
const FIELDS = 48

/** Pushes the table `cablegram`, the one global of ours. */
export function pushCablegram(stack: Stack, parts: CablegramParts): void {
  const { host, updates, args } = parts
  const functions: Readonly<Record<string, (called: Stack) => number>> = {
    start: (called) => start(called, parts),
    on_update: (called) => onUpdate(called, updates),
    ask: (called) => ask(called, host),
    password_proof: (called) => passwordProof(called, parts),
    ...dailyCalls(parts),
  }
  stack.newTable(0, FIELDS)
  for (const [name, target] of Object.entries(functions)) {
    stack.pushFunction(target)
    stack.setField(name)
  }
  stack.newTable(args.length, 0)
  for (const [index, arg] of args.entries()) {
    stack.pushText(arg)
    stack.setItem(index + 1)
  }
  stack.setField('args')
  stack.newTable(0, 1)
  stack.pushFunction((called) => index(called, parts))
  stack.setField('__index')
  stack.setMetatable(-2)
}

/** `cablegram.app` connects, so it is made only for a script that asks for it; any other name is a mistake. */
function index(stack: Stack, { host, refusal }: CablegramParts): number {
  const name = stack.isString(2) ? stack.text(2) : ''
  if (name !== 'app') {
    const names = [...keysOf(stack, 1), 'app'].toSorted()
    const close = closestNames(name, names)
    const next = close.length === 0 ? `it has ${names.join(', ')}` : `did you mean ${close.join(' or ')}?`
    throw new Mistake(`cablegram has no ${JSON.stringify(name)}; ${next}`)
  }
  const app = succeeded(host.app(), refusal) as LuaApp | undefined
  if (app === undefined) {
    stack.pushNil()
    return 1
  }
  stack.newTable(0, 2)
  stack.pushInteger(app.apiId)
  stack.setField('api_id')
  stack.pushText(app.apiHash)
  stack.setField('api_hash')
  return 1
}

/** The names in a table. */
function keysOf(stack: Stack, table: number): string[] {
  const names: string[] = []
  stack.pushNil()
  while (stack.next(table)) {
    if (stack.isString(-2)) names.push(stack.text(-2))
    stack.pop()
  }
  return names
}

function onUpdate(stack: Stack, updates: Updates): number {
  const type = stack.type(1)
  if (stack.top !== 1 || (type !== LUA_TYPE.function && type !== LUA_TYPE.nil)) {
    throw new Mistake(
      `cablegram.on_update: expected a function or nil, got ${stack.top === 0 ? 'nothing' : stack.describe(1)}`,
    )
  }
  updates.setHandler(stack, type === LUA_TYPE.function)
  return 0
}

function ask(stack: Stack, host: Host): number {
  if (!stack.isString(1)) throw new Mistake(`cablegram.ask: expected a question, got ${stack.describe(1)}`)
  const question = stack.text(1)
  let isHidden = false
  if (stack.isTable(2)) {
    stack.getField(2, 'hidden')
    isHidden = stack.boolean(-1)
    stack.pop()
  } else if (!stack.isNil(2)) {
    throw new Mistake(`cablegram.ask: expected {hidden = true} or nothing, got ${stack.describe(2)}`)
  }
  const answer = host.ask(question, isHidden)
  if (answer === undefined) stack.pushNil()
  else stack.pushText(answer)
  return 1
}

/** `cablegram.password_proof(password, question)`: without a question it asks the server for one. */
function passwordProof(stack: Stack, { host, refusal }: CablegramParts): number {
  const password = stack.isString(1) ? decodeStrictly(stack.view(1)) : undefined
  if (password === undefined) {
    throw new Mistake(
      `cablegram.password_proof: expected a password in UTF-8 and the answer of account.getPassword, got ${stack.describe(1)}`,
    )
  }
  const question = stack.isNil(2)
    ? succeeded(host.call('account.getPassword', {}), refusal)
    : readObject(stack, 2, 'account.Password', 'cablegram.password_proof')
  pushValue(stack, succeeded(host.proof(question, password), refusal), 'InputCheckPasswordSRP')
  return 1
}

const ANSWERS = ['phone', 'bot_token', 'code', 'password', 'first_name', 'last_name', 'email']

/** `cablegram.start{phone = …}`: each answer is a string, or a function that gives one. */
function start(stack: Stack, { host, refusal }: CablegramParts): number {
  if (stack.top === 0) stack.newTable()
  if (!stack.isTable(1)) {
    throw new Mistake(`cablegram.start: expected one table of answers, got ${stack.describe(1)}`)
  }
  const given: Record<string, string> = {}
  const asked: string[] = []
  stack.pushNil()
  while (stack.next(1)) {
    const name = stack.isString(-2) ? stack.text(-2) : stack.describe(-2)
    if (!ANSWERS.includes(name)) throw noSuchAnswer(name)
    if (stack.isString(-1)) given[name] = stack.text(-1)
    else if (stack.type(-1) === LUA_TYPE.function) asked.push(name)
    else {
      throw new Mistake(`cablegram.start.${name}: expected a string or a function, got ${stack.describe(-1)}`)
    }
    stack.pop()
  }
  const user = succeeded(answerAll(stack, host, host.start(given, asked)), refusal)
  pushValue(stack, user, 'User')
  return 1
}

function noSuchAnswer(name: string): Mistake {
  const close = closestNames(name, ANSWERS)
  const next = close.length === 0 ? `it has ${ANSWERS.join(', ')}` : `did you mean ${close.join(' or ')}?`
  return new Mistake(`cablegram.start has no ${JSON.stringify(name)}; ${next}`)
}

/** Calls the script's functions for as long as the sign-in asks. */
function answerAll(stack: Stack, host: Host, begun: StartOutcome) {
  let outcome = begun
  while ('asks' in outcome) outcome = host.answerStart(answerOf(stack, host, outcome))
  return outcome
}

/** Calls a function of the script with the problem of its last answer, or nil. If it fails, the sign-in is given up. */
function answerOf(
  stack: Stack,
  host: Host,
  { asks, problem }: { readonly asks: string; readonly problem: string | undefined },
): string {
  let isAnswered = false
  try {
    stack.getField(1, asks)
    if (problem === undefined) stack.pushNil()
    else stack.pushText(problem)
    stack.call(1, 1)
    if (!stack.isString(-1)) {
      throw new Mistake(`cablegram.start.${asks}: expected it to return a string, got ${stack.describe(-1)}`)
    }
    const answer = stack.text(-1)
    stack.pop()
    isAnswered = true
    return answer
  } finally {
    if (!isAnswered) host.answerStart(undefined)
  }
}

function succeeded(
  outcome: Exclude<StartOutcome, { readonly asks: string }>,
  refusal: () => number,
): unknown {
  if ('refusal' in outcome) throw new RefusedCall(outcome.refusal, refusal())
  return outcome.value
}
