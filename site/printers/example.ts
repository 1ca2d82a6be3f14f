import type { MethodName, Params } from '@cablegram/tl/api'
import { refOf } from './ref.ts'
import type { NamesOf, StateName } from './states.ts'

/** Values that an answer shows, by their paths: `{ 'type.length': 5 }`. The empty path is the answer itself. */
export type Shows = Readonly<Record<string, string | number | boolean>>

/** Reasons for languages that cannot make the call, as sentences for the page. */
export type Missing = Readonly<Partial<Record<'lua' | 'command', string>>>

/** Another program of a page, written by hand in each language that it is worth writing in. */
export interface Snippet {
  readonly title: string
  readonly typescript: string
  readonly lua?: string
  /** Commands for a shell. */
  readonly command?: string
  /** The lines that each of them prints. */
  readonly shows: string
}

/** A call, and what it shows. */
export interface Call {
  readonly method: MethodName
  readonly params: object
  /** The name of the answer in the programs. */
  readonly as?: string | undefined
  /** The constructor of the answer, where its type has several. */
  readonly answer?: string | undefined
  /** Values that the answer shows. Left out if only the call after this one shows the effect. */
  readonly shows?: Shows | undefined
}

/** One example: everything that the printers need. */
export interface Example extends Call {
  readonly given: StateName
  /** The error that the server answers with, where the example cannot succeed: `400 TMP_PASSWORD_DISABLED`. */
  readonly refused?: string
  /** A second call, which shows what the first one did. */
  readonly after?: Call
  readonly missing?: Missing
  /** A sentence for the page. */
  readonly note?: string
  readonly more?: readonly Snippet[]
}

type ParamsIn<M extends MethodName, G extends StateName> = Params<M> | ((names: NamesOf[G]) => Params<M>)

type Spec<M extends MethodName, G extends StateName> = Omit<Example, 'method' | 'params' | 'given'> & {
  readonly given: G
  readonly params: NoInfer<ParamsIn<M, G>>
}

/** Defines the example of a method: its state, its parameters as one value, and what its answer shows. */
export function defineExample<M extends MethodName, G extends StateName>(
  method: M,
  spec: Spec<M, G>,
): Example {
  return { ...spec, method, params: resolve(spec.params) }
}

/** A call after the one of the example. */
export function followUp<M extends MethodName>(
  method: M,
  params: Params<M>,
  rest: Omit<Call, 'method' | 'params'>,
): Call {
  return { ...rest, method, params: resolve(params) }
}

/** Names stand for themselves: the printers write them as they are. */
function resolve(params: unknown): object {
  const value: unknown = typeof params === 'function' ? params(anyNames()) : params
  if (typeof value === 'object' && value !== null) return value
  throw new TypeError('parameters are an object, or a function that returns one')
}

function anyNames(): object {
  return new Proxy({}, { get: (_target, name) => refOf(String(name)) })
}
