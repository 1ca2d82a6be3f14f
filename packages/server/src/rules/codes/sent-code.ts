import { createHash } from 'node:crypto'
import type { Channel, CodeWay, EmailReset, SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Settings } from '../../ground/settings.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import type { LoginEmail } from '../emails/words.ts'
import { nextStep } from './channels.ts'
import { codeFor } from './codes.ts'
import type { LiveCode } from './words.ts'

/** Describes a code on its way for its client, with the state of the login e-mail. */
export async function describeCode(
  { store, clock, settings }: Pick<Ground, 'store' | 'clock' | 'settings'>,
  code: LiveCode,
  caller: Pick<Caller, 'channels'>,
): Promise<SentCode> {
  const nowMs = clock.nowMs()
  const isEmail = code.chain[code.step] === 'email'
  const found = isEmail ? await store.look(() => findLoginEmail(code.phone, nowMs)) : undefined
  return toSentCode(code, caller, settings, nowMs, resetOf(found, settings, nowMs))
}

/** When a login e-mail can be taken off. An address whose time has come is taken off when that is asked for. */
function resetOf(found: LoginEmail | undefined, { loginEmail }: Settings, nowMs: number): EmailReset {
  if (found === undefined) return { kind: 'available', afterS: 0 }
  if (found.resetAtMs === undefined) return { kind: 'available', afterS: loginEmail.resetAfterS }
  return { kind: 'pending', inS: Math.ceil((found.resetAtMs - nowMs) / 1000) }
}

function toSentCode(
  code: LiveCode,
  caller: Pick<Caller, 'channels'>,
  settings: Settings,
  nowMs: number,
  reset: EmailReset,
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

function wayOf(channel: Channel, code: LiveCode, settings: Settings, reset: EmailReset): CodeWay {
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
        reset,
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
