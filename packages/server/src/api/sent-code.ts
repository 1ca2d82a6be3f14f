import type { auth } from '@cablegram/tl/api'
import { CHANNELS, type Channel } from '../courier/index.ts'
import type { CodeWay, SentCode } from '../courier/port.ts'

/**
 * A sent code in TL.
 *
 * @param nowS on the wall clock
 */
export function sentCode({ phoneCodeHash, way, next }: SentCode, nowS: number): auth.SentCode {
  if (way.channel === 'payment') {
    const { paymentUrl: _, amount, ...price } = way.price
    return { _: 'auth.sentCodePaymentRequired', phoneCodeHash, ...price, amount: BigInt(amount) }
  }
  return {
    _: 'auth.sentCode',
    type: sentCodeType(way, nowS),
    phoneCodeHash,
    ...(next && { nextType: { _: nextType(next.channel) }, timeout: next.timeoutS }),
  }
}

function sentCodeType(way: Exclude<CodeWay, { channel: 'payment' }>, nowS: number): auth.SentCodeType {
  switch (way.channel) {
    case 'app':
      return { _: 'auth.sentCodeTypeApp', length: way.length }
    case 'sms':
      return { _: 'auth.sentCodeTypeSms', length: way.length }
    case 'call':
      return { _: 'auth.sentCodeTypeCall', length: way.length }
    case 'flashCall':
      return { _: 'auth.sentCodeTypeFlashCall', pattern: way.pattern }
    case 'missedCall':
      return { _: 'auth.sentCodeTypeMissedCall', prefix: way.prefix, length: way.length }
    case 'fragment':
      return { _: 'auth.sentCodeTypeFragmentSms', url: way.url, length: way.length }
    case 'firebase':
      return { _: 'auth.sentCodeTypeFirebaseSms', nonce: way.nonce, length: way.length }
    case 'email':
      return {
        _: 'auth.sentCodeTypeEmailCode',
        ...signInAllowed(way),
        emailPattern: way.emailPattern,
        length: way.length,
        ...(way.reset.kind === 'available'
          ? { resetAvailablePeriod: way.reset.afterS }
          : { resetPendingDate: nowS + way.reset.inS }),
      }
    case 'smsWord':
      return { _: 'auth.sentCodeTypeSmsWord', beginning: way.beginning }
    case 'smsPhrase':
      return { _: 'auth.sentCodeTypeSmsPhrase', beginning: way.beginning }
    case 'setUpEmail':
      return { _: 'auth.sentCodeTypeSetUpEmailRequired', ...signInAllowed(way) }
  }
}

function signInAllowed({ tokens }: { readonly tokens: boolean }) {
  return tokens ? { appleSigninAllowed: true, googleSigninAllowed: true } : {}
}

const NEXT_TYPES: { readonly [C in Channel]?: auth.CodeType['_'] } = {
  call: 'auth.codeTypeCall',
  flashCall: 'auth.codeTypeFlashCall',
  missedCall: 'auth.codeTypeMissedCall',
  fragment: 'auth.codeTypeFragmentSms',
}

function nextType(channel: Channel): auth.CodeType['_'] {
  return NEXT_TYPES[channel] ?? 'auth.codeTypeSms'
}

/** First layer of each channel that older layers cannot name. All layers have the other channels. */
const SINCE: { readonly [C in Channel]?: number } = {
  missedCall: 135,
  email: 145,
  setUpEmail: 145,
  firebase: 152,
  smsWord: 179,
  smsPhrase: 179,
  payment: 201,
}

/** Channels from each of those layers on, the newest first; made once, because every request asks. */
const STEPS = [0, ...Object.values(SINCE)]
  .toSorted((one, other) => other - one)
  .map((since) => ({ since, channels: new Set(CHANNELS.filter((each) => (SINCE[each] ?? 0) <= since)) }))
const NONE: ReadonlySet<Channel> = new Set()

/** Channels of codes that a layer can name. */
export function channelsOf(layer: number): ReadonlySet<Channel> {
  return STEPS.find(({ since }) => layer >= since)?.channels ?? NONE
}
