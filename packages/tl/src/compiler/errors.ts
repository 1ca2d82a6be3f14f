import type { Schema } from '../schema/index.ts'
import { errorType } from './docs.ts'
import { HEADER } from './javascript.ts'

/** Compiles the errors documented for each method to a module of data, loaded only by who asks for it. */
export function emitErrors(schema: Schema): { js: string; dts: string } {
  const rows = schema.methods.flatMap(({ name, errors }) => {
    const pairs = [...new Set(errors.map((error) => `${error.code} ${errorType(error)}`))]
    const items = pairs.map((pair) => `{ code: ${pair.split(' ')[0]}, name: '${pair.split(' ')[1]}' }`)
    return items.length === 0 ? [] : [`  '${name}': [${items.join(', ')}],`]
  })
  return {
    js: `${HEADER}export const methodErrors = {\n${rows.join('\n')}\n}\n`,
    dts:
      `${HEADER}/** The errors documented for each method that has any. */\n` +
      'export declare const methodErrors: Readonly<\n' +
      '  Record<string, readonly { readonly code: number; readonly name: string }[]>\n>\n',
  }
}
