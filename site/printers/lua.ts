import type { Call, Example } from './example.ts'
import { LUA, snakeCase } from './lua-values.ts'
import { placeOf } from './paths.ts'
import { constructorsIn, resultOf } from './results.ts'
import type { Argument, StartAnswers, State, Step } from './state.ts'
import { isIdle, usedNames } from './used-names.ts'
import { bracketed, printed, printParams } from './values.ts'

/** A whole script for `cablegram lua`. */
export function luaProgram(example: Example, state: State): string {
  const { steps = [], start } = state
  const used = usedNames(example, steps, ({ lua }) => lua)
  const lines = [
    ...headOf(state),
    ...(start === undefined ? [] : [startText(start)]),
    ...steps.filter((step) => !isIdle(step, used)).map((step) => stepText(step, used)),
    ...mainCall(example),
    ...(example.after === undefined ? [] : shownCall(example.after)),
  ]
  return `${lines.filter((line) => line !== '').join('\n')}\n`
}

function headOf({ serve, first = [], args = [] }: State): string[] {
  return [
    ...(serve === undefined ? [] : [`-- Server: npx cablegram serve --memory ${serve}`]),
    ...first.map((command) => `-- First: ${command}`),
    ...(args.length === 0
      ? []
      : [`-- Run: npx cablegram lua example.lua ${args.map(({ name }) => `"$${name}"`).join(' ')}`]),
    ...(args.some(({ kind }) => kind === 'bytes') ? [FROM_BASE64] : []),
    ...args.map(
      ({ name, kind }, index) => `local ${name} = ${ARGUMENTS[kind](`cablegram.args[${index + 1}]`)}`,
    ),
  ]
}

const ARGUMENTS: Readonly<Record<Argument['kind'], (text: string) => string>> = {
  text: (text) => text,
  bytes: (text) => `from_base64(${text})`,
  long: (text) => `math.tointeger(${text})`,
}

/** Lua has no base64 of its own. */
const FROM_BASE64 = `
local function from_base64(text)
  local digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  local bits, count, bytes = 0, 0, {}
  for digit in text:gmatch('[%w+/]') do
    bits, count = bits << 6 | digits:find(digit, 1, true) - 1, count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(bits >> count & 255)
    end
  end
  return table.concat(bytes)
end
`

function startText({ phone, code, firstName, password }: StartAnswers): string {
  const answers = [
    `phone = '${phone}'`,
    `code = '${code}'`,
    ...(password === undefined ? [] : [`password = '${password}'`]),
    ...(firstName === undefined ? [] : [`first_name = '${firstName}'`]),
  ]
  return `cablegram.start${bracketed(['{', '}'], answers, { indent: '', lead: 15 })}`
}

function stepText(step: Step, used: ReadonlySet<string>): string {
  if (!('method' in step)) return step.lua
  if (step.refused !== undefined) return `${protectedCall(step)} -- ${step.refused}`
  return callText(step, step.as !== undefined && used.has(step.as) ? `local ${step.as} = ` : '')
}

function mainCall(example: Example): string[] {
  if (example.refused === undefined) return shownCall(example)
  return [protectedCall(example, 'local _, err = '), 'print(err.code, err.message)']
}

function shownCall(call: Call): string[] {
  const paths = Object.keys(call.shows ?? {})
  if (paths.length === 0) return [callText(call)]
  if (paths.length === 1 && paths[0] === '') return [`${callText(call, 'print(')})`]
  const name = snakeCase(call.as ?? 'answer')
  const places = paths.map((path) => placeOf(name, resultOf(call.method), path, constructorsIn(call)))
  return [
    callText(call, `local ${name} = `),
    printed(
      'print',
      places.map(({ lua }) => lua),
    ),
  ]
}

interface Callable {
  readonly method: string
  readonly params: object
}

/** `auth.sendCode{…}` behind the text before it. */
function callText({ method, params }: Callable, before = ''): string {
  const head = before + method
  const text = printParams(LUA, method, params, { indent: '', lead: head.length })
  return `${head}${text === '{}' ? '()' : text}`
}

/** `pcall(auth.sendCode, {…})` behind the text before it. */
function protectedCall({ method, params }: Callable, before = ''): string {
  const head = `${before}pcall(${method}`
  const text = printParams(LUA, method, params, { indent: '', lead: head.length + 2 })
  return text === '{}' ? `${head})` : `${head}, ${text})`
}
