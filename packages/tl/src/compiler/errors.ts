import type { Schema } from '../schema/index.ts'
import { errorType } from './docs.ts'
import { ERROR_ROW_DECLARATION, type ErrorRow } from './error-rows.ts'
import { HEADER } from './javascript.ts'

interface ErrorsOfMethod {
  readonly name: string
  readonly errors: readonly { readonly code: string; readonly type: string }[]
}

/**
 * Compiles the documented errors of each method into a data module, loaded on demand, and a matching type; and the others
 * that rows have into a type. An error is identified by code and name: 35 names exist with more than one code.
 */
export function emitErrors(schema: Schema, rows: readonly ErrorRow[]): { js: string; dts: string } {
  const methods = schema.methods.map(({ name, errors }) => {
    const pairs = [...new Set(errors.map((error) => `${error.code} ${errorType(error)}`))]
    return { name, errors: pairs.map(codeAndType) }
  })
  const lines = methods.flatMap(({ name, errors }) => {
    const items = errors.map(({ code, type }) => `{ code: ${code}, name: '${type}' }`)
    return items.length === 0 ? [] : [`  '${name}': [${items.join(', ')}],`]
  })
  const others = undocumentedErrors(methods, rows)
  return {
    js: `${HEADER}export const methodErrors = {\n${lines.join('\n')}\n}\n`,
    dts:
      `${HEADER}/** Documented errors by method. */\n` +
      'export declare const methodErrors: Readonly<\n' +
      '  Record<string, readonly { readonly code: number; readonly name: string }[]>\n>\n' +
      '/** Documented errors by method, as code and type. */\n' +
      `export interface MethodErrors {\n${methods.map(typeLine).join('\n')}\n}\n` +
      '/** Errors that methods answer with although the documentation does not list them, as code and type. */\n' +
      `export interface UndocumentedErrors {\n${others.map(typeLine).join('\n')}\n}\n` +
      ERROR_ROW_DECLARATION,
  }
}

function typeLine({ name, errors }: ErrorsOfMethod): string {
  const items = errors.map(({ code, type }) => `{ readonly code: ${code}; readonly type: '${type}' }`)
  return `  '${name}': ${items.join(' | ') || 'never'}`
}

/** The errors that rows have of single methods and the schema lacks, in the order of the schema. */
function undocumentedErrors(methods: readonly ErrorsOfMethod[], rows: readonly ErrorRow[]): ErrorsOfMethod[] {
  const pairsOf = new Map<string, Set<string>>()
  for (const { code, name, methods: of } of rows) {
    for (const method of of === 'any' ? [] : of) {
      const pairs = pairsOf.get(method) ?? new Set()
      pairsOf.set(method, pairs.add(`${code} ${name.replace(/_X$/, '')}`))
    }
  }
  return methods.flatMap(({ name, errors }) => {
    const known = new Set(errors.map(({ code, type }) => `${code} ${type}`))
    const others = [...(pairsOf.get(name) ?? [])].filter((pair) => !known.has(pair))
    return others.length === 0 ? [] : [{ name, errors: others.map(codeAndType) }]
  })
}

function codeAndType(pair: string): ErrorsOfMethod['errors'][number] {
  const [code = '', type = ''] = pair.split(' ')
  return { code, type }
}
