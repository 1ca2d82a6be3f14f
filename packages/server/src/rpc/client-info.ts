import { servedLayer } from '@cablegram/tl/layers'
import type { ClientInfo } from '../rules/accounts/words.ts'
import { refusal } from '../rules/index.ts'
import type { InitConnection } from './unwrap.ts'

/** Longer texts are cut: they are shown to the account's owner, no more. */
const MAX_TEXT = 128
/** The user agent of a browser says its name last. */
const MAX_DEVICE = 512
const LANG_PACK = /^[A-Za-z0-9_-]{0,32}$/

/**
 * The client as it is known once a request has come in: as the request describes it, and for what that leaves out, as
 * earlier ones of the key did.
 *
 * @returns undefined where nothing is known: CONNECTION_NOT_INITED
 * @throws {RpcError} for what initConnection must not say
 * @see protocol.md section 8
 */
export function mergeClientInfo(
  known: ClientInfo | undefined,
  said: { readonly layer: number | undefined; readonly client: InitConnection | undefined },
): ClientInfo | undefined {
  if (said.layer === undefined && said.client === undefined) return known
  const layer = said.layer ?? known?.layer
  const client = said.client === undefined ? known : checked(said.client)
  if (said.layer !== undefined && said.layer < 1) throw refusal('INPUT_LAYER_INVALID')
  // Half of what is needed, or a layer from before the oldest we speak.
  if (layer === undefined || servedLayer(layer) === undefined || client === undefined) {
    throw refusal('CONNECTION_LAYER_INVALID')
  }
  return { ...client, layer }
}

/** True if both say the same, so that there is nothing to store. */
export function isSameClient(a: ClientInfo | undefined, b: ClientInfo): boolean {
  return (
    a !== undefined &&
    a.layer === b.layer &&
    a.apiId === b.apiId &&
    a.deviceModel === b.deviceModel &&
    a.systemVersion === b.systemVersion &&
    a.appVersion === b.appVersion &&
    a.systemLangCode === b.systemLangCode &&
    a.langPack === b.langPack &&
    a.langCode === b.langCode
  )
}

function checked(client: InitConnection): InitConnection {
  if (client.apiId <= 0) throw refusal('CONNECTION_API_ID_INVALID')
  if (client.deviceModel === '') throw refusal('CONNECTION_DEVICE_MODEL_EMPTY')
  if (client.systemVersion === '') throw refusal('CONNECTION_SYSTEM_EMPTY')
  if (client.appVersion === '') throw refusal('CONNECTION_APP_VERSION_EMPTY')
  if (client.systemLangCode === '') throw refusal('CONNECTION_SYSTEM_LANG_CODE_EMPTY')
  if (!LANG_PACK.test(client.langPack)) throw refusal('CONNECTION_LANG_PACK_INVALID')
  const cut = (text: string) => text.slice(0, MAX_TEXT)
  return {
    apiId: client.apiId,
    deviceModel: client.deviceModel.slice(0, MAX_DEVICE),
    systemVersion: cut(client.systemVersion),
    appVersion: cut(client.appVersion),
    systemLangCode: cut(client.systemLangCode),
    langPack: client.langPack,
    langCode: cut(client.langCode),
  }
}
