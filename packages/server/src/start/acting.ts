import type { Actor } from '../console/index.ts'

/** A call that somebody makes: it is run with the account as it is at the moment. */
export type Acting = <Arguments extends unknown[], Answer>(
  run: (actor: Actor, ...args: Arguments) => Promise<Answer>,
) => (...args: Arguments) => Promise<Answer>
