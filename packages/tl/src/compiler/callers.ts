import type { Schema } from '../schema/index.ts'
import { HEADER } from './javascript.ts'

/** Compiles a data module that lists the methods only some callers may call. */
export function emitCallers({ methods }: Schema): { js: string; dts: string } {
  const of = (caller: 'user' | 'bot'): string =>
    methods
      .filter(({ available }) => available === caller)
      .map(({ name }) => `  '${name}',\n`)
      .join('')
  return {
    js:
      `${HEADER}export const userMethods = new Set([\n${of('user')}])\n` +
      `export const botMethods = new Set([\n${of('bot')}])\n`,
    dts:
      `${HEADER}/** Methods that bots may not call. */\n` +
      'export declare const userMethods: ReadonlySet<string>\n' +
      '/** Methods that only bots may call. */\n' +
      'export declare const botMethods: ReadonlySet<string>\n',
  }
}
