/** Methods of the surface that have no handler yet: the dispatcher answers METHOD_NOT_IMPLEMENTED. */
export const NOT_YET = [
  // People and their settings.
  // Groups and their links.
  // Chat lists, notifications, and what idle clients ask.
  'messages.setDefaultHistoryTTL',
] as const

/** A method of the surface without a handler. */
export type NotYet = (typeof NOT_YET)[number]
