/** Where a piece of schema text stands; line and column are worked out only when an error needs them. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** The types TL itself defines. `Bool` is boxed, but its two constructors never appear as values. */
export type PrimitiveName = 'int' | 'long' | 'double' | 'string' | 'bytes' | 'int128' | 'int256' | 'Bool'

/** A type as it is used by a field or as a method's result. */
export type TypeExpr =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  /** `#`: the int whose bits say which optional fields follow. */
  | { readonly kind: 'flags' }
  /** `true`: present as a bit, without bytes. */
  | { readonly kind: 'true' }
  /** `auth.SentCode`: a constructor id, then that constructor's fields. */
  | { readonly kind: 'boxed'; readonly name: string }
  /** `future_salt` or `%FutureSalt`: the fields alone. `name` is the constructor's. */
  | { readonly kind: 'bare'; readonly name: string }
  /** `Vector<T>` (boxed) or `vector<T>` (bare: without the vector's own id). */
  | { readonly kind: 'vector'; readonly boxed: boolean; readonly item: TypeExpr }
  /** `!X`: a whole serialized method. As a result: whatever that method answers. */
  | { readonly kind: 'generic'; readonly name: string }

/** One field of a constructor, or one parameter of a method. */
export interface Field {
  /** As in the schema: `phone_code_hash`. */
  readonly name: string
  readonly type: TypeExpr
  /** `flags.2?`: present only if that bit of that flags field is set. */
  readonly flag: { readonly field: string; readonly bit: number } | undefined
  readonly description: string | undefined
  readonly offset: number
}

/** An error the documentation lists for a method. */
export interface MethodError {
  readonly code: number
  /** With `%d` where a number stands: `FLOOD_WAIT_%d`. */
  readonly name: string
  readonly description: string | undefined
}

/** A constructor or a method: both are written `name#id fields = Type`. */
export interface Combinator {
  readonly kind: 'constructor' | 'method'
  readonly name: string
  /** Unsigned 32 bits. */
  readonly id: number
  readonly generics: readonly string[]
  readonly fields: readonly Field[]
  /** A constructor's own type (`boxed`), or what a method answers. */
  readonly result: TypeExpr
  readonly description: string | undefined
  /** Who may call a method, where the source says. */
  readonly available: 'both' | 'user' | 'bot' | undefined
  readonly errors: readonly MethodError[]
  readonly offset: number
}

/** A whole schema. */
export interface Schema {
  readonly source: Source
  readonly constructors: readonly Combinator[]
  readonly methods: readonly Combinator[]
}

/** The primitive types by their TL names; `int53` is how one source spells a `long` that fits a double. */
export const PRIMITIVES: ReadonlyMap<string, PrimitiveName> = new Map([
  ['int', 'int'],
  ['long', 'long'],
  ['int53', 'long'],
  ['double', 'double'],
  ['string', 'string'],
  ['bytes', 'bytes'],
  ['int128', 'int128'],
  ['int256', 'int256'],
  ['Bool', 'Bool'],
])

/** Declarations of what the codec has built in; a schema may repeat them. */
export const BUILT_IN: ReadonlySet<string> = new Set([
  'int',
  'long',
  'double',
  'string',
  'bytes',
  'object',
  'function',
  'int128',
  'int256',
  'vector',
  'boolTrue',
  'boolFalse',
  'true',
  'null',
])
