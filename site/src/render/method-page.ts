import type { Callers, Example, ExampleSnippet, FieldEntry, MethodEntry, Model } from '../model/model.ts'
import { boxedNameIn } from '../model/type-names.ts'
import { commandText, errorsSection } from './errors-section.ts'
import { fieldsTable } from './fields-table.ts'
import {
  aboutText,
  constructorLink,
  firstSentence,
  listed,
  methodLink,
  plain,
  table,
  typeLink,
  typeNameLink,
} from './inline.ts'
import { layersLine, methodLayers } from './layers-section.ts'
import { namespacePath, namespaceTitle } from './namespaces.ts'
import type { Block, Page, Tab } from './page.ts'
import { wireSection } from './wire-section.ts'

/** The page of a method. */
export function methodPage(method: MethodEntry, model: Model): Page {
  const about = aboutText(method.about)
  return {
    path: `/methods/${method.name}`,
    kind: 'method',
    title: method.name,
    description: plain(firstSentence(about)) || `The method ${method.name} of Telegram's API.`,
    trail: [
      { title: 'Methods', path: '/methods' },
      { title: namespaceTitle(method.namespace), path: namespacePath(method.namespace) },
    ],
    blocks: [
      about || 'This method has no description yet.',
      `\`\`\`tl\n${method.tl}\n\`\`\``,
      factsTable(method, model),
      ...exampleBlocks(method),
      parametersSection(method),
      answersSection(method, model),
      errorsSection(method, model),
      method.notes ?? '',
      wireSection(method),
      layersSection(method, model),
      relatedSection(method, model),
    ].filter((block) => block !== ''),
  }
}

function factsTable(method: MethodEntry, { layers }: Model): string {
  const { words } = method
  const rows: [string, string][] = [
    ['**Callers**', callersText(method)],
    ...(words?.where === undefined ? [] : [['**Where**', words.where] as [string, string]]),
    ['**Answers**', typeLink(method.combinator.result)],
    ...(words?.repeat === undefined ? [] : [['**Repeating it**', words.repeat] as [string, string]]),
    ['**Layers**', layersLine(method.history, layers)],
    ['**Local server**', supportText(method)],
  ]
  return table(['', ''], rows)
}

const CALLER_TEXTS: Readonly<Record<Callers, string>> = {
  users: 'Users: **yes**. Bots: **no**, 400 [BOT_METHOD_INVALID](/errors/BOT_METHOD_INVALID).',
  bots: 'Users: **no**, 400 [USER_BOT_REQUIRED](/errors/USER_BOT_REQUIRED). Bots: **yes**.',
  both: 'Users: **yes**. Bots: **yes**.',
  unknown: 'Users: **unknown**. Bots: **unknown**. The schema does not say.',
}

function callersText({ callers, isAnonymous, isPending }: MethodEntry): string {
  return `${CALLER_TEXTS[callers]} ${beforeText(isAnonymous, isPending)}`
}

function beforeText(isAnonymous: boolean, isPending: boolean): string {
  const refusal = '401 [AUTH_KEY_UNREGISTERED](/errors/AUTH_KEY_UNREGISTERED)'
  if (isPending) {
    return `While a login waits for its password: **yes**. Before that: **no**, ${refusal}.`
  }
  return isAnonymous ? 'Before signing in: **yes**.' : `Before signing in: **no**, ${refusal}.`
}

function supportText({ isSupported }: MethodEntry): string {
  return isSupported
    ? 'This project’s server answers this method.'
    : 'This project’s server does not have this method yet: 400 [METHOD_NOT_IMPLEMENTED](/errors/METHOD_NOT_IMPLEMENTED).'
}

function exampleBlocks({ name, example, isSupported }: MethodEntry): Block[] {
  const hook: Block[] = isSupported ? [{ kind: 'try', method: name }] : []
  if (example === undefined) return hook
  return [
    `## Example\n\n${exampleIntroduction(example)}`,
    { kind: 'tabs', tabs: exampleTabs(example) },
    outputText(example),
    example.note ?? '',
    ...(example.more ?? []).flatMap(snippetBlocks),
    ...hook,
  ]
}

/** The programs print some values of the answer; the command prints all of it. */
function outputText({ shows = '', lua, command }: Example): string {
  if (shows === '') return ''
  const programs =
    lua === '' ? 'The program in TypeScript prints' : 'The programs in TypeScript and Lua print'
  const isRefused = /^-?\d+ [A-Z][A-Z\d_]*$/.test(shows.trim())
  const whole = isRefused
    ? 'The command line reports the same error.'
    : 'The command line prints the whole answer as JSON.'
  return [
    `${programs}:`,
    `\`\`\`text\n${shows.trimEnd()}\n\`\`\``,
    ...(command === undefined ? [] : [whole]),
  ].join('\n\n')
}

function exampleIntroduction({ executed, given }: Example): string {
  const state = given === undefined ? '' : ` ${sentence(given)}`
  return executed
    ? `The tests run this example against \`npx cablegram serve --memory\`.${state}`
    : 'Made from the schema, with placeholders for values that are yours. The compiler has checked its types, and all three forms encode to the same bytes.'
}

/** A state in words, as a sentence. */
function sentence(words: string): string {
  const text = words.trim()
  if (text === '') return ''
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.:!?]$/.test(capital) ? capital : `State before the call: ${text}.`
}

function exampleTabs({ typescript, lua, luaNote, command, commandNote }: Example): Tab[] {
  return [
    { title: 'TypeScript', language: 'ts', code: typescript },
    { title: 'Lua', language: 'lua', code: lua, note: luaNote ?? runNote(lua) },
    { title: 'Command line', language: 'sh', code: command ?? '', note: commandNote },
  ]
}

/** A script with arguments has its own line about them. */
function runNote(lua: string): string | undefined {
  return lua.includes('-- Run: ') ? undefined : 'Save and run it: `npx cablegram lua example.lua`.'
}

function snippetBlocks({ title, typescript, lua, command, shows }: ExampleSnippet): Block[] {
  const tabs: Tab[] = [
    { title: 'TypeScript', language: 'ts', code: typescript },
    ...(lua === undefined ? [] : [{ title: 'Lua', language: 'lua', code: lua }]),
    ...(command === undefined ? [] : [{ title: 'Command line', language: 'sh', code: command }]),
  ]
  return [`### ${title}`, { kind: 'tabs', tabs }, `\`\`\`text\n${shows.trimEnd()}\n\`\`\``]
}

function parametersSection({ fields }: MethodEntry): string {
  return `## Parameters\n\n${fields.length === 0 ? 'None.' : fieldsTable(fields)}`
}

function answersSection({ combinator, words, isSupported }: MethodEntry, model: Model): string {
  const [type] = boxedNameIn(combinator.result)
  const constructors = type === undefined ? plainAnswers(words) : constructorsOf(type, model)
  const introduction = `${typeLink(combinator.result)}${combinator.result.kind === 'vector' && constructors.length > 0 ? ', each item one of:' : '.'}`
  if (constructors.length === 0) return `## What it answers\n\n${introduction}`
  if (constructors.length > MAX_ANSWERS && words?.answers === undefined) {
    return `## What it answers\n\n${typeLink(combinator.result)}, which has ${constructors.length} constructors.`
  }
  const shown =
    words?.answers === undefined ? constructors : answersFirst(constructors, Object.keys(words.answers))
  const rows = shown.map((name) => {
    const answer = words?.answers?.[name]
    const about = aboutText(model.constructors.get(name)?.about)
    return [
      PLAIN_ANSWERS[name] ?? constructorLink(name),
      answer?.when ?? (isSupported && words?.answers !== undefined ? NEVER_HERE : about),
      answer?.make === undefined ? '–' : commandText(answer.make),
    ]
  })
  const hasMake = rows.some(([, , make]) => make !== '–')
  return `## What it answers\n\n${introduction}\n\n${
    hasMake
      ? table(['Answer', 'When', 'Make it happen'], rows)
      : table(
          ['Answer', 'When'],
          rows.map((row) => row.slice(0, 2)),
        )
  }`
}

/** Answers that have no page of their own; the words about them stand with the method. */
const PLAIN_ANSWERS: Readonly<Record<string, string>> = {
  boolTrue: '[true](/types/primitive#bool)',
  boolFalse: '[false](/types/primitive#bool)',
  X: 'that of the call inside',
}
const NEVER_HERE = 'Not from this project’s server.'

function plainAnswers(words: MethodEntry['words']): readonly string[] {
  return Object.keys(words?.answers ?? {}).filter((name) => name in PLAIN_ANSWERS)
}

function constructorsOf(type: string, model: Model): readonly string[] {
  return model.types.get(type)?.constructors ?? []
}

/** More constructors than that are listed on the page of the type. */
const MAX_ANSWERS = 30

function answersFirst(constructors: readonly string[], described: readonly string[]): string[] {
  return [
    ...described.filter((name) => constructors.includes(name)),
    ...constructors.filter((name) => !described.includes(name)),
  ]
}

function layersSection(method: MethodEntry, model: Model): string {
  const { oldest, newest, count } = model.layers
  const changes = methodLayers(method, model)
  const known = `Compared by their fields: the ${count} layers from ${oldest} to ${newest} whose schema was published whole.`
  const own =
    method.history.since === undefined && method.history.changes.length === 0
      ? 'The method itself has not changed in them.'
      : ''
  return ['## Layers', `${known} ${own}`.trim(), changes].filter((part) => part !== '').join('\n\n')
}

function relatedSection(method: MethodEntry, model: Model): string {
  const lines = [
    ...(method.words?.related ?? []).map(
      ({ label, methods }) => `${label}: ${listed(methods.map(methodLink))}`,
    ),
    sameAnswer(method, model),
    ...sourcesOfParameters(method, model),
    takersOfAnswer(method, model),
    guidesLine(method, model),
  ].filter((line) => line !== '')
  return lines.length === 0 ? '' : `## Related\n\n${lines.map((line) => `- ${line}`).join('\n')}`
}

const MAX_NAMES = 12

/** A list that stays readable; the page of the type has all of it. */
function named(methods: readonly string[], type: string): string {
  const shown = methods.slice(0, MAX_NAMES).map(methodLink)
  const rest = methods.length - shown.length
  return rest > 0
    ? `${shown.join(', ')} and ${rest} more on the page of ${typeNameLink(type)}`
    : listed(shown)
}

function sameAnswer(method: MethodEntry, model: Model): string {
  const [type = ''] = boxedNameIn(method.combinator.result)
  const others = (model.types.get(type)?.returnedBy ?? []).filter((name) => name !== method.name)
  return others.length === 0 ? '' : `Same answer: ${named(others, type)}`
}

function takersOfAnswer(method: MethodEntry, model: Model): string {
  const [type = ''] = boxedNameIn(method.combinator.result)
  const takers = model.types.get(type)?.takenBy ?? []
  return takers.length === 0 ? '' : `Take what this answers: ${named(takers, type)}`
}

function sourcesOfParameters(method: MethodEntry, model: Model): string[] {
  const types = [...new Set(method.fields.flatMap(({ type }: FieldEntry) => boxedNameIn(type)))]
  return types.flatMap((type) => {
    const sources = (model.types.get(type)?.returnedBy ?? []).filter((name) => name !== method.name)
    return sources.length === 0
      ? []
      : [`Answer ${typeNameLink(type)}, which this takes: ${named(sources, type)}`]
  })
}

function guidesLine({ name, words }: MethodEntry, { guides, purposes }: Model): string {
  const names = new Set([
    ...(words?.guides ?? []),
    ...purposes.filter(({ methods }) => methods.includes(name)).flatMap(({ guide }) => guide ?? []),
  ])
  const links = guides
    .filter((guide) => names.has(guide.name))
    .map((guide) => `[${guide.title}](/guides/${guide.name})`)
  return links.length === 0 ? '' : `Guides: ${listed(links)}`
}
