/** The client as programs import it, with a note of every answer. */
import { TelegramClient as Client } from '@cablegram/client'

export * from '@cablegram/client'

/** An answer that a program got. */
export interface Answer {
  readonly method: string
  readonly value: unknown
}

const answers: Answer[] = []

/** The answers since the last time. */
export function takeAnswers(): Answer[] {
  return answers.splice(0)
}

/** A client whose calls are noted. Its namespaces cannot be replaced, so that programs get another object in its place. */
export class TelegramClient {
  constructor(...options: ConstructorParameters<typeof Client>) {
    const client = new Client(...options)
    // biome-ignore lint/correctness/noConstructorReturn: every namespace is a property of the client
    return new Proxy(this, { get: (_target, name) => noted(client, String(name)) })
  }
}

function noted(client: object, name: string): unknown {
  const value: unknown = Reflect.get(client, name, client)
  if (typeof value === 'function') return value.bind(client)
  if (typeof value !== 'object' || value === null) return value
  return new Proxy({}, { get: (_target, method) => notedCall(value, name, String(method)) })
}

function notedCall(namespace: object, name: string, method: string): unknown {
  const call: unknown = Reflect.get(namespace, method, namespace)
  if (typeof call !== 'function') return call
  return async (...given: unknown[]) => {
    const value: unknown = await call.apply(namespace, given)
    answers.push({ method: name === 'root' ? method : `${name}.${method}`, value })
    return value
  }
}
