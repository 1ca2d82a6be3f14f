import type { Schema } from '../schema/index.ts'
import { errorType } from './docs.ts'
import { ERROR_ROW_DECLARATION } from './error-rows.ts'
import { HEADER } from './javascript.ts'

/**
 * Compiles the documented errors of each method into a data module, loaded on demand, and a matching type. An error
 * is identified by code and name: 35 names exist with more than one code.
 */
export function emitErrors(schema: Schema): { js: string; dts: string } {
  const methods = schema.methods.map(({ name, errors }) => {
    const pairs = [...new Set(errors.map((error) => `${error.code} ${errorType(error)}`))]
    return { name, errors: pairs.map((pair) => ({ code: pair.split(' ')[0], type: pair.split(' ')[1] })) }
  })
  const rows = methods.flatMap(({ name, errors }) => {
    const items = errors.map(({ code, type }) => `{ code: ${code}, name: '${type}' }`)
    return items.length === 0 ? [] : [`  '${name}': [${items.join(', ')}],`]
  })
  const types = methods.map(({ name, errors }) => {
    const items = errors.map(({ code, type }) => `{ readonly code: ${code}; readonly type: '${type}' }`)
    return `  '${name}': ${items.join(' | ') || 'never'}`
  })
  return {
    js: `${HEADER}export const methodErrors = {\n${rows.join('\n')}\n}\n`,
    dts:
      `${HEADER}/** Documented errors by method. */\n` +
      'export declare const methodErrors: Readonly<\n' +
      '  Record<string, readonly { readonly code: number; readonly name: string }[]>\n>\n' +
      '/** Documented errors by method, as code and type. */\n' +
      `export interface MethodErrors {\n${types.join('\n')}\n}\n` +
      ERROR_ROW_DECLARATION,
  }
}
