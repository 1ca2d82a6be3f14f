import type { TelegramClient } from '@cablegram/client'
import { methodShape } from '@cablegram/tl/fields'
import { CommandLineError } from './errors.ts'

/** The type of a proof that the caller knows the password. */
const PROOF = 'InputCheckPasswordSRP'

/** Parameters that the command can give itself. */
export interface Defaults {
  /** The parameters with a value for each of them, so that the codec can check the others. */
  complete<T extends object>(params: T): T
  /** Asks the server for the values that the caller left out. */
  fill(params: object, client: TelegramClient): Promise<object>
}

/** Values of the right types, for the codec. */
const PLACEHOLDERS: Readonly<Record<string, unknown>> = {
  apiId: 0,
  apiHash: '',
  password: { _: 'inputCheckPasswordEmpty' },
}

/**
 * The defaults of a method: api_id and api_hash of the app that the client has, and the proof of a password.
 *
 * @param password the password itself, of which only the proof is sent
 * @throws CommandLineError for a password if the method does not take its proof
 */
export function defaultsOf(method: string, password: string | undefined): Defaults {
  const fields = methodShape(method)?.fields ?? []
  const takesApp = ['apiId', 'apiHash'].every((name) => fields.some(({ key }) => key === name))
  const proof = fields.find(({ type }) => type === PROOF)?.key
  if (password !== undefined && proof === undefined) {
    throw new CommandLineError(`${method} takes no password. Leave --password out.`)
  }
  const leftOut = (params: object): readonly string[] => {
    const has = (key: string): boolean => Reflect.get(params, key) !== undefined
    const app = takesApp && !has('apiId') && !has('apiHash') ? ['apiId', 'apiHash'] : []
    return proof !== undefined && password !== undefined && !has(proof) ? [...app, proof] : app
  }
  return {
    complete: (params) => withPlaceholders(params, leftOut(params)),
    async fill(params, client) {
      const names = leftOut(params)
      return {
        ...params,
        ...(names.includes('apiId') && (await appOf(client))),
        ...(proof !== undefined && names.includes(proof) && { [proof]: await prove(client, password ?? '') }),
      }
    },
  }
}

/** Reads go to the parameters first, so that a misspelt name is still seen. */
function withPlaceholders<T extends object>(params: T, names: readonly string[]): T {
  return new Proxy(params, {
    get: (target, key) =>
      Reflect.get(target, key) ?? (names.includes(String(key)) ? PLACEHOLDERS[String(key)] : undefined),
  })
}

async function appOf(client: TelegramClient): Promise<object> {
  await client.connect()
  const { app } = client
  if (app === undefined) {
    throw new CommandLineError(
      'the server offers no app: give apiId and apiHash, or --api-id and --api-hash.',
    )
  }
  return { apiId: app.apiId, apiHash: app.apiHash }
}

async function prove(client: TelegramClient, password: string): Promise<object> {
  const [{ passwordProof }, { randomBytes }] = await Promise.all([
    import('@cablegram/client'),
    import('node:crypto'),
  ])
  return passwordProof(await client.account.getPassword(), password, randomBytes)
}
