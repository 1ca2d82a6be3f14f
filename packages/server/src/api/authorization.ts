import type { Authorization } from '@cablegram/tl/api'
import type { OwnLogin, User } from '../rules/accounts/words.ts'
import { shownDevice } from '../rules/index.ts'
import type { HandlerContext, ResultOf } from './handler.ts'
import { selfUser } from './tl-people.ts'

/**
 * Answer of every method that signs a key in.
 *
 * @param futureAuthToken replaces the code at the next login
 */
export function authorization(
  user: User,
  context: Pick<HandlerContext, 'on' | 'nowS'>,
  futureAuthToken?: Uint8Array,
): ResultOf<'auth.signUp'> {
  return {
    _: 'auth.authorization',
    user: selfUser(user, context),
    ...(futureAuthToken && { futureAuthToken }),
  }
}

/** Platforms shown to clients, by the language pack that a login asks for. */
const PLATFORMS: Readonly<Record<string, string>> = {
  android: 'Android',
  android_x: 'Android',
  ios: 'iOS',
  macos: 'macOS',
  tdesktop: 'Desktop',
  unigram: 'Windows',
  weba: 'Web',
  webk: 'Web',
}

/**
 * A login in the list that its account's owner sees. The calling one has no hash, because auth.logOut ends it.
 *
 * @param nowS on the wall clock; the rules' clock may be ahead of it
 */
export function listedAuthorization(login: OwnLogin, current: boolean, nowS: number): Authorization {
  const { model, system } = shownDevice(login.client)
  const { client, unconfirmed, passwordPending, encryptedRequestsDisabled, callRequestsDisabled } = login
  return {
    _: 'authorization',
    ...(current && { current }),
    ...(unconfirmed && { unconfirmed }),
    ...(passwordPending && { passwordPending }),
    ...(encryptedRequestsDisabled && { encryptedRequestsDisabled }),
    ...(callRequestsDisabled && { callRequestsDisabled }),
    hash: current ? 0n : login.hash,
    deviceModel: model,
    platform: PLATFORMS[client?.langPack ?? ''] ?? '',
    systemVersion: system,
    apiId: login.apiId,
    appName: login.appTitle,
    appVersion: client?.appVersion ?? '',
    dateCreated: Math.min(login.createdAtS, nowS),
    dateActive: Math.min(login.activeAtS, nowS),
    ip: login.ip,
    // This server does not know where an address is.
    country: '',
    region: '',
  }
}
