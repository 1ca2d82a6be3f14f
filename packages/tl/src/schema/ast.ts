/** Position of a piece of schema text; line and column are computed only for errors. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** Types that TL itself defines. `Bool` is boxed, but its two constructors never appear as values. */
export type PrimitiveName = 'int' | 'long' | 'double' | 'string' | 'bytes' | 'int128' | 'int256' | 'Bool'

/** Type of a field or of a method's result. */
export type TypeExpr =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  /** `#`: the int whose bits tell which optional fields follow. */
  | { readonly kind: 'flags' }
  /** `true`: a bit in the flags, without bytes of its own. */
  | { readonly kind: 'true' }
  /** `auth.SentCode`: a constructor id, then that constructor's fields. */
  | { readonly kind: 'boxed'; readonly name: string }
  /** `future_salt` or `%FutureSalt`: the fields alone. `name` is the constructor's. */
  | { readonly kind: 'bare'; readonly name: string }
  /** `Vector<T>` (boxed) or `vector<T>` (bare: without the vector's own id). */
  | { readonly kind: 'vector'; readonly boxed: boolean; readonly item: TypeExpr }
  /** `!X`: a whole serialized method call. As a result: the answer of that method. */
  | { readonly kind: 'generic'; readonly name: string }

/** One field of a constructor, or one parameter of a method. */
export interface Field {
  /** Name as in the schema: `phone_code_hash`. */
  readonly name: string
  readonly type: TypeExpr
  /** `flags.2?`: the field is present only if that bit of that flags field is set. */
  readonly flag: { readonly field: string; readonly bit: number } | undefined
  readonly offset: number
}

/** An error the documentation lists for a method. */
export interface MethodError {
  readonly code: number
  /** With `%d` where a number stands: `FLOOD_WAIT_%d`. */
  readonly name: string
}

/** A constructor or a method; both have the form `name#id fields = Type`. */
export interface Combinator {
  readonly kind: 'constructor' | 'method'
  readonly name: string
  /** Unsigned 32 bits. */
  readonly id: number
  readonly generics: readonly string[]
  readonly fields: readonly Field[]
  /** Type of a constructor (`boxed`), or of a method's answer. */
  readonly result: TypeExpr
  /** Callers of a method, if the source names them. */
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

/** Primitive types by their TL names. One source writes `int53` for a `long` that fits a double. */
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

/** Declarations built into the codec; a schema may repeat them. */
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
