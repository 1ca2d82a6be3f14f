import type { Random } from '@cablegram/mtproto'
import type { Listed } from './port.ts'

const NAME_BYTES = 16
const NAME = /^[0-9a-f]{32}$/

/** A name that nothing else has. */
export function newName(random: Random): string {
  return Buffer.from(random(NAME_BYTES)).toString('hex')
}

/** Tells whether a store has made this name. */
export function isName(name: string): boolean {
  return NAME.test(name)
}

/** The names of a list. */
export async function namesIn(listed: AsyncIterable<Listed>): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of listed) names.push(name)
  return names
}
