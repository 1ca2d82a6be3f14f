import type * as v from 'valibot'
import type { OnConsole } from './on-console.ts'
import type { Schema } from './schema.ts'
import { validate } from './validate.ts'

export type { Schema } from './schema.ts'

/** Bytes that a route answers with, piece by piece. */
export interface ReplyFile {
  readonly bytes: number
  readonly fileName: string | undefined
  readonly pieces: AsyncIterable<Uint8Array>
}

/** The answer of a route: a status and a JSON value, the bytes of a file, or for 204 nothing. */
export type Reply =
  | { readonly status: 200 | 201 | 503; readonly body: unknown }
  | { readonly status: 200; readonly file: ReplyFile }
  | { readonly status: 204 }

/** In place of a schema: the answer is bytes. */
export const BYTES = 'bytes'

/** The parsed request of a route, and a signal that aborts when the caller hangs up. */
export interface RouteInput<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly signal: AbortSignal
  readonly on: OnConsole
}

/** One row of the console's route table, which the HTTP application and the OpenAPI document are made from. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters, as in OpenAPI. */
  readonly path: string
  readonly summary: string
  readonly params: Schema | undefined
  readonly query: Schema | undefined
  readonly body: Schema | undefined
  /** By status; undefined where the answer has no body. */
  readonly answers: Readonly<Record<number, Schema | typeof BYTES | undefined>>
  /** The statuses that the route itself refuses with, beside those of the validation and of the guard. */
  readonly refuses: readonly number[]
  /** The body may have files in it, up to 24 MiB. */
  readonly takesFiles: boolean
  run(raw: RouteInput<unknown, unknown, unknown>): Promise<Reply>
}

/** A route as it is written down: `run` gets what its schemas make of the request. */
export interface RouteDefinition<P extends Schema, Q extends Schema, B extends Schema> {
  readonly method: Route['method']
  readonly path: string
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answers: Readonly<Record<number, Schema | typeof BYTES | undefined>>
  /** Default: none. */
  readonly refuses?: readonly number[]
  /** Default: false. */
  readonly takesFiles?: boolean
  readonly run: (
    input: RouteInput<v.InferOutput<P>, v.InferOutput<Q>, v.InferOutput<B>>,
  ) => Promise<Reply> | Reply
}

/** Makes a row of the route table: parses by the schemas, then runs. */
export function route<P extends Schema, Q extends Schema, B extends Schema>(
  definition: RouteDefinition<P, Q, B>,
): Route {
  const { params, query, body, refuses = [], takesFiles = false } = definition
  return {
    ...definition,
    refuses,
    takesFiles,
    params,
    query,
    body,
    async run(raw) {
      return await definition.run({
        params: parse(params, raw.params, 'path'),
        query: parse(query, raw.query, 'query'),
        body: parse(body, raw.body, 'body'),
        signal: raw.signal,
        on: raw.on,
      })
    },
  }
}

function parse<S extends Schema>(schema: S | undefined, value: unknown, name: string): v.InferOutput<S> {
  return schema === undefined ? undefined : validate(schema, value, name)
}
