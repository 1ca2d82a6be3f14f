import type { Authorization } from '@cablegram/tl/api'
import type { OwnLogin, User } from '../rules/accounts/words.ts'
import { shownDevice } from '../rules/index.ts'
import type { ResultOf } from './handler.ts'
import { selfUser } from './self-user.ts'

/**
 * The key is signed in: what every way in answers.
 *
 * @param futureAuthToken what saves the code at the next login, where the client is given that now
 */
export function authorization(
  user: User,
  nowS: number,
  futureAuthToken?: Uint8Array,
): ResultOf<'auth.signUp'> {
  return { _: 'auth.authorization', user: selfUser(user, nowS), ...(futureAuthToken && { futureAuthToken }) }
}

/** What a client sees as the platform, by the pack of texts it asks for. */
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
 * A login in the list that its account's owner sees. The one that asks has no hash: it ends by auth.logOut.
 *
 * @param nowS on the wall clock, which the rules' clock may be ahead of
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
    // Nobody here knows where an address is.
    country: '',
    region: '',
  }
}
