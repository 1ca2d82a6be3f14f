import { type ErrorFact, errorSlug, errorType } from '../model/errors.ts'
import type { Model } from '../model/model.ts'
import { makeText, NO_ADVICE, NOTHING } from './errors-section.ts'
import { errorLink, firstSentence, methodLink, plain, table } from './inline.ts'
import type { Block, Page } from './page.ts'

/** The page of an error's name, with a part for each of its rows. */
export function errorPage(name: string, facts: readonly ErrorFact[], { methods }: Model): Page {
  const isSupported = (method: string) => methods.get(method)?.isSupported === true
  const rows = supportedFirst(facts, isSupported)
  const cause = rows.find((row) => row.cause !== undefined)?.cause
  return {
    path: `/errors/${errorSlug(name)}`,
    kind: 'error',
    title: name,
    description: plain(firstSentence(cause ?? '')) || `The error ${name} and the methods that answer it.`,
    trail: [{ title: 'Errors', path: '/errors' }],
    blocks: [
      introduction(name, rows),
      ...rows.map((row) => rowSection(row, headingOf(row, rows))),
      '## In a program',
      handling(name, rows),
    ],
  }
}

function introduction(name: string, rows: readonly ErrorFact[]): string {
  const codes = [...new Set(rows.map(({ code }) => code))]
  const number = name.includes('_X') ? ' `X` stands for a number.' : ''
  return `An error with the ${codes.length === 1 ? 'code' : 'codes'} ${codes.join(', ')}.${number}`
}

/** The rows and their methods, those that the local server answers before the others. */
function supportedFirst(
  facts: readonly ErrorFact[],
  isSupported: (method: string) => boolean,
): readonly ErrorFact[] {
  const rows = facts.map((row): ErrorFact => {
    if (row.methods === 'any') return row
    return {
      ...row,
      methods: row.methods.toSorted((a, b) => Number(isSupported(b)) - Number(isSupported(a))),
    }
  })
  const isTriable = ({ methods }: ErrorFact) => methods === 'any' || isSupported(methods[0] ?? '')
  return rows.toSorted((a, b) => Number(isTriable(b)) - Number(isTriable(a)))
}

/** A row without methods is about requests of the operator. */
const THE_CONSOLE = 'The console'

/** Several rows of one error differ in their methods. */
function headingOf({ code, name, methods }: ErrorFact, rows: readonly ErrorFact[]): string {
  if (rows.length === 1) return `${code} ${name}`
  if (methods === 'any') return `Any method: ${code} ${name}`
  const [first = THE_CONSOLE, ...others] = methods
  return `${first}${others.length === 0 ? '' : ` and ${others.length} more`}: ${code} ${name}`
}

/** What is not known has no row. */
function rowSection(row: ErrorFact, heading: string): string {
  const make = makeText(row)
  const source = row.methods === 'any' ? 'Telegram, for any method' : 'Telegram, for these methods'
  return [
    `## ${heading}`,
    table(
      ['', ''],
      [
        ['**Why**', row.cause ?? 'Nobody has described the cause yet.'],
        ...(row.advice === undefined ? [] : [['**What to do**', row.advice]]),
        ...(make === NOTHING ? [] : [['**Make it happen**', make]]),
        ...(row.faultOnly === undefined ? [] : [['**Only as a fault**', row.faultOnly]]),
        ['**Documented by**', row.source === 'telegram' ? source : 'this project'],
      ],
    ),
    methodsText(row),
  ].join('\n\n')
}

function methodsText({ methods }: ErrorFact): string {
  if (methods === 'any') return 'Any method may answer it.'
  if (methods.length === 0) return 'Only requests of the console and its commands are refused with it.'
  return `Methods that answer it: ${methods.map(methodLink).join(', ')}.`
}

function handling(name: string, [first]: readonly ErrorFact[]): Block {
  const method = first === undefined || first.methods === 'any' ? undefined : first.methods[0]
  const type = errorType(name)
  const hasNumber = type !== name
  const call = method === undefined ? 'await call()' : `await client.${dotted(method)}(params)`
  const lua = method === undefined ? 'call, params' : `${method}, params`
  return {
    kind: 'tabs',
    tabs: [
      {
        title: 'TypeScript',
        language: 'ts',
        code: `import { RpcError } from '@cablegram/client'\n\ntry {\n  ${call}\n} catch (error) {\n  if (!(error instanceof RpcError) || error.type !== '${type}') throw error\n  console.log(error.code${hasNumber ? ', error.argument' : ''})\n}\n`,
      },
      {
        title: 'Lua',
        language: 'lua',
        code: `local ok, err = pcall(${lua})\nif not ok and err.type == '${type}' then print(err.code${hasNumber ? ', err.argument' : ''}) end\n`,
      },
    ],
  }
}

function dotted(method: string): string {
  return method.includes('.') ? method : `root.${method}`
}

/** The page of the errors that any method may answer. */
export function anyErrorsPage({ errors }: Model): Page {
  return {
    path: '/errors/any',
    kind: 'error',
    title: 'Errors of any method',
    description: 'The errors that every method may answer, beside its own.',
    trail: [{ title: 'Errors', path: '/errors' }],
    blocks: [
      'Every method may answer these errors, beside the ones on its page.',
      table(
        ['Error', 'Why', 'What to do', 'Make it happen'],
        errors.any.map((row) => [
          `${row.code} ${errorLink(row.name)}`,
          row.cause ?? '–',
          row.advice ?? NO_ADVICE,
          makeText(row),
        ]),
      ),
    ],
  }
}
