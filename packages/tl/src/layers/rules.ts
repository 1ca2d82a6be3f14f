/** A value written into generated code: TL values as in the API, `long` as bigint. */
export type Literal =
  | string
  | number
  | bigint
  | boolean
  | readonly Literal[]
  | { readonly [field: string]: Literal }

/** Where a field gets its value from when names and types alone do not say. */
export type FieldRule =
  /** Always this. */
  | { readonly value: Literal }
  /** Another place in the value, by its JavaScript names: `storiesMaxId.maxId`. */
  | { readonly path: string }

/** What the translation between layers cannot derive from the schemas. Keys are TL names: `user.stories_max_id`. */
export interface LayerRules {
  /** Fields of older layers, filled from the newest form. */
  readonly toOlder: Readonly<Record<string, FieldRule>>
  /** Fields of the newest form that older requests lack. */
  readonly fromOlder: Readonly<Record<string, FieldRule>>
  /**
   * Constructors that some layers do not have: `refuse` makes sending one there a UsageError, `omit` also leaves
   * it out of vectors.
   */
  readonly absent: Readonly<Record<string, 'refuse' | 'omit'>>
  /** Methods that answered with a bare part of today's answer: which field of it. */
  readonly results: Readonly<Record<string, string>>
}

/** The rules for the surface. */
export const LAYER_RULES: LayerRules = {
  toOlder: {
    // An int until stories could be live; today an object that may lack the id.
    'user.stories_max_id': { path: 'storiesMaxId.maxId' },
  },
  fromOlder: {},
  absent: {
    // Paying for the code; older clients have no screen for it.
    'auth.sentCodePaymentRequired': 'refuse',
    // Decoration of a text that reads well without it.
    messageEntityFormattedDate: 'omit',
    messageEntityDiffInsert: 'omit',
    messageEntityDiffReplace: 'omit',
    messageEntityDiffDelete: 'omit',
  },
  results: {},
}
