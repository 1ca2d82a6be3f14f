/** An error that the server answers with. When it comes and what to do about it is in `@cablegram/tl/errors.json`. */
export interface ErrorRow {
  readonly code: number
  /** The text on the wire; `X` at the end stands for a number. */
  readonly name: string
  /** TL names, or `any` for what every method may answer. */
  readonly methods: readonly string[] | 'any'
}
