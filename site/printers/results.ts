import type { Call } from './example.ts'
import type { Constructors } from './paths.ts'
import { requireMethod } from './values.ts'

/** The TL type of a method's answer. A method that carries another one answers in bytes. */
export function resultOf(method: string): string {
  const { result } = requireMethod(method)
  return result === 'X' ? 'bytes' : result
}

/** The constructors that an example names in its answer. */
export function constructorsIn({ answer, shows = {} }: Call): Constructors {
  const known = Object.entries(shows).flatMap(([path, value]) =>
    path === '_' || path.endsWith('._') ? [[path.replace(/\.?_$/, ''), String(value)] as const] : [],
  )
  return new Map(answer === undefined ? known : [['', answer] as const, ...known])
}
