import { type Combinator, printCombinator, type Schema } from '../schema/index.ts'
import { HEADER } from './javascript.ts'

/**
 * Compiles the field table: one line of text per constructor or method, which `src/fields` parses when somebody asks for
 * it. As text the table loads in no time; as 2,446 objects it would cost each start.
 */
export function emitFields(schema: Schema): { js: string; dts: string } {
  return {
    js:
      `${HEADER}export const constructorLines = \`${lines(schema.constructors)}\`\n` +
      `export const methodLines = \`${lines(schema.methods)}\`\n`,
    dts:
      `${HEADER}/** The constructors, one per line: name#id, fields, result. */\n` +
      'export declare const constructorLines: string\n' +
      '/** The methods, in the same form. */\n' +
      'export declare const methodLines: string\n',
  }
}

/** TL without what a line can be read without: `{X:Type}`, `=` and `;`. */
function lines(combinators: readonly Combinator[]): string {
  const short = combinators.map((combinator) =>
    printCombinator({ ...combinator, generics: [] }).replace(/ = (\S+);$/, ' $1'),
  )
  return short.join('\n')
}
