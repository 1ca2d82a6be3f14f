/** One error of the table: what it is called, which methods answer with it, why, and what a client does about it. */
export interface ErrorRow {
  readonly code: number
  /** The text on the wire; `X` at the end stands for a number. */
  readonly name: string
  /** TL names, or `any` for what every method may answer. */
  readonly methods: readonly string[] | 'any'
  /** When it comes, one sentence. */
  readonly cause: string
  /** What the developer of a client does about it, one sentence. */
  readonly advice: string
  /** `ours` where Telegram does not list it for the method, or does not say what causes it. */
  readonly definition: 'telegram' | 'ours'
  /** Why no rule of this server makes it, where none does: it comes by the fault API alone. */
  readonly faultOnly?: string
}
