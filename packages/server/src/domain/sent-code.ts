import { createHash } from 'node:crypto'
import type { Channel } from '../ports.ts'
import type { LiveCode } from '../store/port.ts'
import { nextStep } from './channels.ts'
import { codeFor } from './codes.ts'
import { emailPattern } from './email-pattern.ts'
import type { Settings } from './settings.ts'
import type { Caller, CodeWay, SentCode } from './types.ts'

/** What the client is told of a code on its way. */
export function toSentCode(
  code: LiveCode,
  caller: Pick<Caller, 'channels'>,
  settings: Settings,
  nowMs: number,
): SentCode {
  const way = wayOf(code.chain[code.step] ?? code.chain[0], code, settings)
  const next = nextStep(code, caller)
  const leftMs = code.sentAtMs + settings.resendAfterS * 1000 - nowMs
  return {
    kind: 'sent',
    phoneCodeHash: code.phoneCodeHash,
    way,
    next: next && { channel: next.channel, timeoutS: Math.max(1, Math.ceil(leftMs / 1000)) },
  }
}

function wayOf(channel: Channel, code: LiveCode, settings: Settings): CodeWay {
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
      return { channel, length, emailPattern: emailPattern(code.email ?? '') }
    case 'smsWord':
      return { channel, beginning: typed.slice(0, 1) }
    case 'smsPhrase':
      return { channel, beginning: typed.split(' ')[0] ?? '' }
    case 'setUpEmail':
      return { channel }
    case 'payment':
      return { channel, price: settings.codePrice }
  }
}
