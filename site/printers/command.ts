import { commandValues, variableOf } from './command-values.ts'
import type { Example } from './example.ts'
import type { CallStep, StartAnswers, State, Step } from './state.ts'
import { APP } from './states.ts'
import { isIdle } from './used-names.ts'
import { pathsIn, printParams } from './values.ts'

/** The commands of an example, one a line; the last one or two print what the example shows. */
export function commandLines(example: Example, state: State): string {
  const { serve, first = [], start, steps = [] } = state
  const later = laterPaths(example, steps)
  const used = new Set([...later.map(([name = '']) => name), ...namesInCommands(steps)])
  const lines = [
    ...(serve === undefined ? [] : [`# Server: npx cablegram serve --memory ${serve}`]),
    ...first,
    ...(start === undefined ? [] : [loginCommand(start)]),
    ...steps.filter((step) => !isIdle(step, used)).map((step) => stepText(step, later, state)),
    callText(example, state) + (example.refused === undefined ? '' : `  # ${example.refused}`),
    ...(example.after === undefined ? [] : [callText(example.after, state)]),
  ]
  return `${lines.filter((line) => line !== '').join('\n')}\n`
}

/** The names of steps whose variables are in the commands of other steps. */
function namesInCommands(steps: readonly Step[]): string[] {
  const written = steps.flatMap((step) =>
    'method' in step ? [] : [{ as: step.as, text: step.command ?? '' }],
  )
  return written.flatMap(({ as, text }) => {
    const made = [...text.matchAll(/^(\w+)=/gm)].map(([, variable = '']) => variable)
    const others = written.filter((other) => other.text !== text)
    const isUsed = others.some((other) => made.some((variable) => other.text.includes(`$${variable}`)))
    return as !== undefined && isUsed ? [as] : []
  })
}

function loginCommand({ phone, code, firstName, password }: StartAnswers): string {
  const options = [
    `--code ${code}`,
    ...(password === undefined ? [] : [`--password '${password}'`]),
    ...(firstName === undefined ? [] : [`--first-name ${firstName}`]),
  ]
  return `npx cablegram login ${phone} ${options.join(' ')}`
}

function stepText(step: Step, later: readonly (readonly string[])[], state: State): string {
  if (!('method' in step)) return step.command ?? ''
  const call = callText(step, state)
  if (step.refused !== undefined) return `${call}  # ${step.refused}`
  const paths = later.filter(([name]) => name === step.as)
  const fields = [...new Set(paths.map((path) => path.slice(1).join('.')))]
  const [field, ...others] = fields
  if (field === undefined) return call
  if (others.length > 0)
    throw new Error(`a command gets one value of ${step.method}, not ${fields.join(', ')}`)
  return `${variableOf(field.split('.'))}=$(${call} --get ${field})`
}

function laterPaths(example: Example, steps: readonly Step[]): (readonly string[])[] {
  const all = [
    example.params,
    example.after?.params ?? {},
    ...steps.map((step) => ('method' in step ? step.params : {})),
  ]
  return all.flatMap(pathsIn)
}

type Callable = Pick<CallStep, 'method' | 'params'>

/** `npx cablegram call auth.sendCode '{…}'`, without what the command fills in. */
function callText(
  { method, params }: Callable,
  { options, filled = [], bare = [] }: Pick<State, 'options' | 'filled' | 'bare'>,
): string {
  const left = [...filled, ...appIn(params)]
  const given = Object.entries(params).filter(([key]) => !left.includes(key))
  const text = printParams(commandValues(bare), method, Object.fromEntries(given))
  const isFilled = filled.some((key) => key in params)
  const parts = [
    `npx cablegram call ${method}`,
    ...(text === '{}' ? [] : [`'${text}'`]),
    ...(options !== undefined && isFilled ? [options] : []),
  ]
  return parts.join(' ')
}

/** The command fills in the app that the server offers, where a method takes both of its parts. */
function appIn(params: object): readonly string[] {
  const names = Object.entries(APP)
  return names.every(([name, own]) => Reflect.get(params, name) === own) ? names.map(([name]) => name) : []
}
