import type { Api } from '@cablegram/tl/api'
import type { CallOptions } from './options.ts'

/** Every method of the schema, with the options of the call behind its parameters. */
export type ClientApi = {
  readonly [Namespace in keyof Api]: {
    readonly [Method in keyof Api[Namespace]]: Api[Namespace][Method] extends (
      ...params: infer Parameters
    ) => infer Answer
      ? (...params: [...Parameters, options?: CallOptions]) => Answer
      : never
  }
}

/** Makes a call by the method's TL name. */
export type Invoke = (method: string, params: object, options?: CallOptions) => Promise<unknown>

/** Name of the namespace for methods without one. */
const ROOT = 'root'

/** The namespaces of the schema. The compiler holds that none is missing; the methods in them need no list. */
const NAMESPACES: { readonly [Namespace in keyof ClientApi]: true } = {
  account: true,
  aicompose: true,
  auth: true,
  bots: true,
  channels: true,
  chatlists: true,
  communities: true,
  contacts: true,
  ephemeral: true,
  folders: true,
  fragment: true,
  help: true,
  langpack: true,
  messages: true,
  payments: true,
  phone: true,
  photos: true,
  premium: true,
  root: true,
  smsjobs: true,
  stats: true,
  stickers: true,
  stories: true,
  updates: true,
  upload: true,
  users: true,
}

/**
 * Puts the namespaces on a client: `client.auth`, with `sendCode` and the others in it.
 *
 * @param own methods of the client that have the name of a namespace, which can be called then
 */
export function defineNamespaces(
  client: ClientApi,
  invoke: Invoke,
  own: Partial<Record<keyof ClientApi, () => unknown>> = {},
): void {
  for (const name of Object.keys(NAMESPACES) as (keyof ClientApi)[]) {
    Object.defineProperty(client, name, { value: makeNamespace(name, invoke, own[name]) })
  }
}

/** An object whose every property is a method, made when it is first used. */
function makeNamespace(namespace: string, invoke: Invoke, target: object = Object.create(null)): object {
  const made = new Map<string, (params?: object, options?: CallOptions) => Promise<unknown>>()
  return new Proxy(target, {
    get(_target, name) {
      // Names that the language and its tools look up on any object (`await`, console.log) are not methods.
      if (typeof name === 'symbol' || NO_METHODS.has(name)) return undefined
      const found = made.get(name)
      if (found) return found
      const method = namespace === ROOT ? name : `${namespace}.${name}`
      const call = (params: object = {}, options?: CallOptions) => invoke(method, params, options)
      made.set(name, call)
      return call
    },
  })
}

const NO_METHODS = new Set(['then', 'toJSON', 'toString', 'valueOf', 'constructor', 'inspect'])
