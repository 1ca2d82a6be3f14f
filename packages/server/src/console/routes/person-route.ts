import * as v from 'valibot'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from '../people/actor.ts'
import { personNamed } from '../people/people.ts'
import * as schemas from '../people/schemas.ts'
import { type Route, route, type Schema } from '../route.ts'

/** The account that a path names. */
export const person: v.ObjectSchema<{ readonly id: typeof schemas.personNameAsText }, undefined> = v.object({
  id: schemas.personNameAsText,
})

/** Time that a request waits for something to come: at most, and if it does not say. */
export const MAX_WAIT_MS = 120_000
export const DEFAULT_WAIT_MS = 30_000

/** Something that a person does, as its route is written down. */
interface PersonRoute<B extends Schema> {
  /** Behind `/api/people/{id}/`. */
  readonly path: string
  readonly summary: string
  readonly body: B
  /** Default: false. */
  readonly takesFiles?: boolean
}

/** A route by which a person does something, without an answer. */
export function does<B extends Schema>(
  { path, ...about }: PersonRoute<B>,
  act: (on: OnConsole, actor: Actor, body: v.InferOutput<B>) => Promise<void>,
): Route {
  return route({
    ...about,
    ...COMMON,
    path: pathOf(path),
    answers: { 204: undefined },
    async run({ params, body, on }) {
      await act(on, await personNamed(on, params.id), body)
      return { status: 204 }
    },
  })
}

/** A route by which a person does something that has an answer: 201 if it makes something, else 200. */
export function answers<B extends Schema>(
  {
    path,
    status,
    answer,
    ...about
  }: PersonRoute<B> & { readonly status: 200 | 201; readonly answer: Schema },
  act: (on: OnConsole, actor: Actor, body: v.InferOutput<B>) => Promise<unknown>,
): Route {
  return route({
    ...about,
    ...COMMON,
    path: pathOf(path),
    answers: { [status]: answer },
    run: async ({ params, body, on }) => ({
      status,
      body: await act(on, await personNamed(on, params.id), body),
    }),
  })
}

const COMMON = { method: 'POST', params: person, refuses: [404, 429] } as const

function pathOf(path: string): string {
  return `/api/people/{id}/${path}`
}
