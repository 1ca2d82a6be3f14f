/** A device as its owner knows it: what clients say of themselves, with the user agents of browsers made short. */
import type { ClientInfo } from './words.ts'

/** A device as it is shown to its owner. */
export interface ShownDevice {
  /** `Chrome 156`, `iPhone 15 Pro`; at most 64 characters. */
  readonly model: string
  /** `Windows`, `iOS 17.4`, or what the client says. */
  readonly system: string
}

const MAX_LENGTH = 64
const USER_AGENT = /^(?:Mozilla|Opera)\/\d/

/** By the token of a user agent; the first that occurs counts, because nearly all pretend to be Chrome or Safari. */
const BROWSERS: readonly (readonly [token: RegExp, name: string])[] = [
  [/\b(?:Edg|EdgA|EdgiOS|Edge)\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)|\bOPiOS\/(\d+)|\bOPT\/(\d+)/, 'Opera'],
  [/\bYaBrowser\/(\d+)/, 'Yandex Browser'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\bVivaldi\/(\d+)/, 'Vivaldi'],
  [/\bDuckDuckGo\/(\d+)|\bDdg\/(\d+)/, 'DuckDuckGo'],
  [/\bUCBrowser\/(\d+)/, 'UC Browser'],
  [/\bElectron\/(\d+)/, 'Electron'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/; wv\).*\bChrome\/(\d+)/, 'Android WebView'],
  [/\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)\S* (?:Mobile\/\S+ )?Safari\//, 'Safari'],
  [/\bMSIE (\d+)|\bTrident\/.*\brv:(\d+)/, 'Internet Explorer'],
  [/\bOpera\b.*\bVersion\/(\d+)|^Opera\/(\d+)/, 'Opera'],
]

const SYSTEMS: readonly (readonly [token: RegExp, name: string])[] = [
  [/\b(?:iPhone|iPod).*? OS (\d+(?:_\d+)?)/, 'iOS'],
  [/\biPad.*? OS (\d+(?:_\d+)?)/, 'iPadOS'],
  [/\bAndroid (\d+(?:\.\d+)?)/, 'Android'],
  [/\bAndroid\b()/, 'Android'],
  [/\bWindows()\b/, 'Windows'],
  [/\bCrOS()\b/, 'ChromeOS'],
  [/\bMac OS X()\b|\bMacintosh()\b/, 'macOS'],
  [/\bLinux()\b|\bX11()\b/, 'Linux'],
]

/** The device of a client as a person is shown it. */
export function shownDevice(
  client: Pick<ClientInfo, 'deviceModel' | 'systemVersion'> | undefined,
): ShownDevice {
  if (client === undefined) return { model: '', system: '' }
  const { deviceModel: said, systemVersion } = client
  if (!USER_AGENT.test(said)) return { model: cut(said), system: cut(systemVersion) }
  return {
    model: firstOf(BROWSERS, said) ?? 'Web browser',
    system: firstOf(SYSTEMS, said) ?? cut(systemVersion),
  }
}

function firstOf(names: typeof BROWSERS, userAgent: string): string | undefined {
  for (const [token, name] of names) {
    const found = token.exec(userAgent)
    if (found === null) continue
    const version = found.slice(1).find(Boolean)?.replace('_', '.')
    return version === undefined ? name : `${name} ${version}`
  }
  return undefined
}

/** No half of a character stays. */
function cut(text: string): string {
  const characters = [...text]
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : text
}
