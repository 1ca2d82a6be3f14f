import type { Call, Example } from './example.ts'
import { placeOf } from './paths.ts'
import { constructorsIn, resultOf } from './results.ts'
import type { Argument, CallStep, StartAnswers, State, Step } from './state.ts'
import { SERVER } from './states.ts'
import { TYPESCRIPT } from './typescript-values.ts'
import { isIdle, usedNames, uses } from './used-names.ts'
import { bracketed, printed, printParams } from './values.ts'

const CLIENT = '@cablegram/client'

/** A whole program in TypeScript. */
export function typescriptProgram(example: Example, state: State): string {
  const { steps = [] } = state
  const used = usedNames(example, steps, ({ typescript }) => typescript)
  const body = [
    `const client = new TelegramClient(memorySession(), { server: '${SERVER}' })`,
    state.start === undefined ? 'await client.connect()' : startText(state.start),
    ...steps.filter((step) => !isIdle(step, used)).map((step) => stepText(step, used)),
    '',
    ...mainCall(example),
    ...(example.after === undefined ? [] : shownCall(example.after)),
    '',
    'await client.close()',
  ].join('\n')
  return [...headOf(state), importsOf(state, body), '', ...argsOf(state), body, ''].join('\n')
}

/** Comments that say what has to be there first. */
function headOf({ serve, first = [], args }: State): string[] {
  const lines = [
    ...(serve === undefined ? [] : [`// Server: npx cablegram serve --memory ${serve}`]),
    ...first.map((command) => `// First: ${command}`),
    ...(args === undefined
      ? []
      : [`// Run: node example.ts ${args.map(({ name }) => `"$${name}"`).join(' ')}`]),
  ]
  return lines.length === 0 ? [] : [...lines, '']
}

function argsOf({ args = [] }: State): string[] {
  return args.map(({ name, kind }, index) => `const ${name} = ${ARGUMENTS[kind](index + 2)}`)
}

const ARGUMENTS: Readonly<Record<Argument['kind'], (index: number) => string>> = {
  text: (index) => `process.argv[${index}] ?? ''`,
  bytes: (index) => `Buffer.from(process.argv[${index}] ?? '', 'base64')`,
  long: (index) => `BigInt(process.argv[${index}] ?? '')`,
}

function importsOf({ imports = {} }: State, body: string): string {
  const client = ['isRpcError', 'memorySession', 'TelegramClient', ...(imports[CLIENT] ?? [])]
  const query = body.includes('encodeRequest(') ? ['encodeRequest'] : []
  const all = {
    ...imports,
    [CLIENT]: client,
    '@cablegram/tl/api': [...(imports['@cablegram/tl/api'] ?? []), ...query],
  }
  const used = Object.entries(all).map(
    ([from, names]) => [from, names.filter((name) => uses(body, name))] as const,
  )
  return used
    .filter(([, names]) => names.length > 0)
    .toSorted(([a], [b]) => order(a) - order(b) || a.localeCompare(b))
    .map(([from, names]) => `import { ${names.toSorted(byName).join(', ')} } from '${from}'`)
    .join('\n')
}

const order = (from: string): number => (from.startsWith('node:') ? 0 : 1)
const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { sensitivity: 'base' })

function startText({ phone, code, firstName, password }: StartAnswers): string {
  const prompts = [
    `phone: async () => '${phone}'`,
    `code: async () => '${code}'`,
    ...(password === undefined ? [] : [`password: async () => '${password}'`]),
    ...(firstName === undefined ? [] : [`name: async () => ({ firstName: '${firstName}' })`]),
  ]
  return `await client.start(${bracketed(['{', '}'], prompts, { indent: '', lead: 19, space: ' ' })})`
}

function stepText(step: Step, used: ReadonlySet<string>): string {
  if (!('method' in step)) return step.typescript
  if (step.refused !== undefined) return refusedStep(step, step.refused)
  if (step.as === undefined || !used.has(step.as)) return callText(step)
  const { as, takes } = step
  const guard =
    takes === undefined ? [] : [`if (${as}._ !== '${takes}') throw new Error(\`answered with \${${as}._}\`)`]
  return [callText(step, `const ${as} = await `), ...guard].join('\n')
}

function refusedStep(step: CallStep, refused: string): string {
  const type = refused.replace(/^\S+ /, '').replace(/_\d+$/, '')
  return [
    `${callText(step)}.catch((error) => {`,
    `  if (!isRpcError(error, '${step.method}') || error.type !== '${type}') throw error`,
    '})',
  ].join('\n')
}

function mainCall(example: Example): string[] {
  if (example.refused === undefined) return shownCall(example)
  return [
    'try {',
    `  ${callText(example, 'await ', '  ')}`,
    '} catch (error) {',
    `  if (!isRpcError(error, '${example.method}')) throw error`,
    '  console.log(error.code, error.message)',
    '}',
  ]
}

/** A call, and the line that it prints. */
function shownCall(call: Call): string[] {
  const paths = Object.keys(call.shows ?? {})
  if (paths.length === 0) return [callText(call)]
  if (paths.length === 1 && paths[0] === '') return [`${callText(call, 'console.log(await ')})`]
  const name = call.as ?? 'answer'
  const constructors = constructorsIn(call)
  const places = paths.map((path) => placeOf(name, resultOf(call.method), path, constructors))
  const conditions = [...new Set(places.flatMap((place) => place.conditions))]
  const values = places.map(({ typescript }) => typescript)
  const shown = printed('console.log', values, conditions.length === 0 ? '' : '  ')
  return [
    callText(call, `const ${name} = await `),
    conditions.length === 0 ? shown : guarded(conditions, shown),
  ]
}

/** A statement under conditions, in one line if it fits. */
function guarded(conditions: readonly string[], statement: string): string {
  const head = `if (${conditions.join(' && ')})`
  if (head.length + 1 + statement.length <= MAX_LINE) return `${head} ${statement}`
  const wrapped = `if (\n${conditions.map((condition) => `  ${condition}`).join(' &&\n')}\n)`
  return `${head.length <= MAX_LINE ? head : wrapped} {\n  ${statement}\n}`
}

const MAX_LINE = 100

/**
 * `client.auth.sendCode({ … })` behind the text before it; methods without a namespace are on `client.root`.
 */
function callText(
  { method, params }: { readonly method: string; readonly params: object },
  before = 'await ',
  indent = '',
): string {
  const head = `${before}client.${method.includes('.') ? method : `root.${method}`}(`
  const text = printParams(TYPESCRIPT, method, params, { indent, lead: head.length })
  return `${head}${text === '{}' ? '' : text})`
}
