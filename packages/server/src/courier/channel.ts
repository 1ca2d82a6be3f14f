/** Every way there is; see {@link Channel}. */
export const CHANNELS = [
  'app',
  'sms',
  'call',
  'flashCall',
  'missedCall',
  'email',
  'setUpEmail',
  'fragment',
  'firebase',
  'smsWord',
  'smsPhrase',
  'payment',
] as const

/**
 * The way a code reaches a person. Three of them deliver nothing, or not at once: `setUpEmail` and `payment` stand where
 * something else has to be done first, and what goes by `firebase` is an SMS once the device has shown what it is.
 */
export type Channel = (typeof CHANNELS)[number]
