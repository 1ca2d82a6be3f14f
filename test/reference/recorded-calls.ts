import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'

/** A call as the client sends it: the bytes of its request. */
export function encodeCall(method: string, params: object): Uint8Array {
  return encodeRequest({ ...params, _: method } as unknown as Requests[MethodName])
}

/** An answer of any type: each of its fields is an answer, too. */
const ANSWER: object = new Proxy({}, { get: (_target, key) => (key === 'then' ? undefined : ANSWER) })

/** The place of everything that a program imports. */
type Names = Readonly<Record<string, unknown>>

/**
 * Runs a program without a server, with a client that only encodes. It has no types of its own: those of the parameters are
 * inferred.
 *
 * @returns the bytes of the calls that it makes, in order
 */
export async function recordCalls(program: string): Promise<Uint8Array[]> {
  const calls: Uint8Array[] = []
  const call = (method: string) => async (params: object) => {
    calls.push(encodeCall(method, params ?? {}))
    return ANSWER
  }
  const namespace = (name: string) =>
    new Proxy(
      {},
      { get: (_target, method) => call(name === 'root' ? String(method) : `${name}.${String(method)}`) },
    )
  class TelegramClient {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: every namespace is a property of the client
      return new Proxy(this, { get: (_target, name) => OWN[String(name)] ?? namespace(String(name)) })
    }
  }
  const names: Names = {
    TelegramClient,
    memorySession: () => ({}),
    encodeRequest,
    console: { log: () => {} },
  }
  const body = program.replace(/^import .*$/gm, '')
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names))
  return calls
}

const OWN: Names = { start: async () => ANSWER, connect: async () => {}, close: async () => {} }

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>
