import type { ClientOptions } from './options.ts'
import type { Platform } from './platform.ts'
import type { Schema } from './schema.ts'

/** The version that the list of active sessions shows; that of the package. */
const APP_VERSION = '0.1.0'

/** No query: the machine puts one behind. */
const NOTHING = new Uint8Array(0)

/** invokeWithLayer and initConnection up to the query: says who we are and which layer we speak. */
export function makeInitPrefix(
  { encodeRequest, LAYER }: Schema,
  apiId: number,
  options: ClientOptions,
  platform: Platform,
): Uint8Array {
  const device = platform.device()
  return encodeRequest({
    _: 'invokeWithLayer',
    layer: LAYER,
    query: encodeRequest({
      _: 'initConnection',
      apiId,
      deviceModel: options.deviceModel ?? device.deviceModel,
      systemVersion: options.systemVersion ?? device.systemVersion,
      appVersion: options.appVersion ?? APP_VERSION,
      systemLangCode: options.systemLangCode ?? device.langCode,
      langPack: options.langPack ?? '',
      langCode: options.langCode ?? device.langCode,
      query: NOTHING,
    }),
  })
}
