import { createHash } from 'node:crypto'
import type { Channel, CodeWay, EmailReset, SentCode } from '../../courier/port.ts'
import type { Store } from '../../database/store.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Clock } from '../../ground/clock.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Settings } from '../../ground/settings.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { nextStep } from './channels.ts'
import { codeFor } from './codes.ts'
import type { LiveCode } from './words.ts'

/** What tells a client of a code on its way, the state of the login e-mail included. */
export function createSentCodes({
  store,
  clock,
  settings,
}: {
  readonly store: Pick<Store, 'look'>
  readonly clock: Clock
  readonly settings: Settings
}): (code: LiveCode, caller: Pick<Caller, 'channels'>) => Promise<SentCode> {
  /** An address whose time has come is taken off when that is asked for. */
  async function resetOf(phone: string): Promise<EmailReset> {
    const nowMs = clock.nowMs()
    const found = await store.look(() => findLoginEmail(phone, nowMs))
    if (found === undefined) return { kind: 'available', afterS: 0 }
    if (found.resetAtMs === undefined) return { kind: 'available', afterS: settings.loginEmail.resetAfterS }
    return { kind: 'pending', inS: Math.ceil((found.resetAtMs - nowMs) / 1000) }
  }

  return async (code, caller) => {
    const isEmail = code.chain[code.step] === 'email'
    const reset = isEmail ? await resetOf(code.phone) : undefined
    return toSentCode(code, caller, settings, clock.nowMs(), reset)
  }
}

function toSentCode(
  code: LiveCode,
  caller: Pick<Caller, 'channels'>,
  settings: Settings,
  nowMs: number,
  reset: EmailReset | undefined,
): SentCode {
  const way = wayOf(code.chain[code.step] ?? code.chain[0], code, settings, reset)
  const next = nextStep(code, caller)
  const leftMs = code.sentAtMs + settings.resendAfterS * 1000 - nowMs
  return {
    kind: 'sent',
    phoneCodeHash: code.phoneCodeHash,
    way,
    next: next && { channel: next.channel, timeoutS: Math.max(1, Math.ceil(leftMs / 1000)) },
  }
}

function wayOf(channel: Channel, code: LiveCode, settings: Settings, reset: EmailReset | undefined): CodeWay {
  const tokens = settings.loginEmail.testTokens
  const typed = codeFor(code, channel) ?? ''
  const { length } = typed
  switch (channel) {
    case 'app':
    case 'sms':
    case 'call':
      return { channel, length }
    case 'fragment':
      return { channel, length, url: settings.fragmentUrl.replace('{phone}', code.phone) }
    case 'flashCall':
      return { channel, pattern: `${settings.callerPrefix}*` }
    case 'missedCall':
      return { channel, length, prefix: settings.callerPrefix }
    case 'firebase':
      // It only has to be another for each code; whoever holds the hash may know it.
      return { channel, length, nonce: createHash('sha256').update(code.phoneCodeHash).digest() }
    case 'email':
      return {
        channel,
        length,
        emailPattern: emailPattern(code.email ?? ''),
        reset: reset ?? { kind: 'available', afterS: 0 },
        tokens,
      }
    case 'smsWord':
      return { channel, beginning: typed.slice(0, 1) }
    case 'smsPhrase':
      return { channel, beginning: typed.split(' ')[0] ?? '' }
    case 'setUpEmail':
      return { channel, tokens }
    case 'payment':
      return { channel, price: settings.codePrice }
  }
}
