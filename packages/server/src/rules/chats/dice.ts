import type { Random } from '@cablegram/mtproto'
import { randomBelow } from '../../ground/random.ts'
import type { Media } from '../messages/words.ts'
import { refusal } from '../refusal.ts'

/** Emoji that come to a random value, and the highest one. */
const HIGHEST: Readonly<Record<string, number>> = { '🎲': 6, '🎯': 6, '🎳': 6, '🏀': 5, '⚽': 5, '🎰': 64 }

/** A dice that has come to its value. @throws {RpcError} EMOTICON_INVALID */
export function rollDice(random: Random, emoticon: string): Extract<Media, { kind: 'dice' }> {
  const plain = emoticon.replace('\ufe0f', '')
  const highest = HIGHEST[plain]
  if (highest === undefined) throw refusal('EMOTICON_INVALID')
  return { kind: 'dice', emoticon: plain, value: 1 + randomBelow(random, highest) }
}
