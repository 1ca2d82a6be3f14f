import type { Schema } from '../schema/index.ts'
import { errorType } from './docs.ts'
import { HEADER } from './javascript.ts'

/**
 * Compiles the errors documented for each method to a module of data, loaded only by who asks for it, and a type of the
 * same: 35 names exist under more than one code, so that both say which error it is.
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
      `${HEADER}/** The errors documented for each method that has any. */\n` +
      'export declare const methodErrors: Readonly<\n' +
      '  Record<string, readonly { readonly code: number; readonly name: string }[]>\n>\n' +
      '/** The errors documented for each method, by code and type. */\n' +
      `export interface MethodErrors {\n${types.join('\n')}\n}\n`,
  }
}
