import type { Combinator, Field, TypeExpr } from '@cablegram/tl/schema'
import type { DailyCallEntry } from './daily-calls.ts'
import type { ErrorFact, Errors } from './errors.ts'
import type { Guide } from './guides.ts'
import type { History, Layers } from './layers.ts'
import type { MethodWords, Purpose } from './words.ts'

/** A description: our own, or one of core.telegram.org. Both are inline Markdown. */
export interface About {
  readonly text: string
  readonly isBorrowed: boolean
}

/** A parameter of a method or a field of a constructor, flags fields left out. */
export interface FieldEntry {
  readonly name: string
  /** The name in JavaScript. */
  readonly key: string
  readonly type: TypeExpr
  readonly flag: Field['flag']
  readonly about: About | undefined
}

/** Accounts that may call a method; the schema says nothing about some methods, and that is not the same as yes. */
export type Callers = 'users' | 'bots' | 'both' | 'unknown'

/** A method or constructor. */
export interface Entry {
  readonly name: string
  /** The part before the dot; empty for names without one. */
  readonly namespace: string
  readonly combinator: Combinator
  /** The line of TL. */
  readonly tl: string
  readonly about: About | undefined
  readonly fields: readonly FieldEntry[]
  readonly history: History
}

/** A method. */
export interface MethodEntry extends Entry {
  readonly callers: Callers
  /** It may be called before signing in. */
  readonly isAnonymous: boolean
  /** Before signing in it may be called only while a login waits for its password. */
  readonly isPending: boolean
  /** This project's server answers it. */
  readonly isSupported: boolean
  readonly words: MethodWords | undefined
  /** Hand-written sections for its page. */
  readonly notes: string | undefined
  readonly errors: readonly ErrorFact[]
  readonly example: Example | undefined
  /** The bytes that the local server answered the example with. */
  readonly answer: Uint8Array | undefined
}

/** A constructor. */
export interface ConstructorEntry extends Entry {
  readonly type: string
}

/** A boxed type, with everything that refers to it. */
export interface TypeEntry {
  readonly name: string
  readonly namespace: string
  readonly about: About | undefined
  readonly constructors: readonly string[]
  /** Methods that answer it, alone or in a vector. */
  readonly returnedBy: readonly string[]
  /** Methods with a parameter of it. */
  readonly takenBy: readonly string[]
  /** Constructors with a field of it. */
  readonly fieldOf: readonly string[]
}

/** The three forms of an example. */
export interface Example {
  readonly method: string
  readonly executed: boolean
  readonly given?: string
  readonly typescript: string
  readonly lua: string
  readonly command?: string
  readonly commandNote?: string
  /** Why Lua cannot make the call; `lua` is empty then. */
  readonly luaNote?: string
  /** A sentence about the example. */
  readonly note?: string
  /** The lines that all forms print. */
  readonly shows?: string
  /** More programs for the page. */
  readonly more?: readonly ExampleSnippet[]
}

/** Another program of a page, in each language that it is worth writing in. */
export interface ExampleSnippet {
  readonly title: string
  readonly typescript: string
  readonly lua?: string
  readonly command?: string
  readonly shows: string
}

/** Everything that the pages say. */
export interface Model {
  readonly layers: Layers
  readonly methods: ReadonlyMap<string, MethodEntry>
  readonly constructors: ReadonlyMap<string, ConstructorEntry>
  readonly types: ReadonlyMap<string, TypeEntry>
  readonly errors: Errors
  readonly guides: readonly Guide[]
  /** The daily calls of the client, by name. */
  readonly calls: ReadonlyMap<string, DailyCallEntry>
  readonly purposes: readonly Purpose[]
  /** Descriptions of core.telegram.org stand in for ours that are missing. */
  readonly isBorrowing: boolean
}
