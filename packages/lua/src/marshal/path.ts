import { Mistake } from '../state/thrown.ts'

/** The way to a part of a call's parameters, for error texts: `auth.sendCode.settings.logout_tokens[2]`. */
export class Path {
  readonly #parts: string[]

  constructor(top: string) {
    this.#parts = [top]
  }

  field(name: string): void {
    this.#parts.push(`.${name}`)
  }

  item(position: number): void {
    this.#parts.push(`[${position}]`)
  }

  back(): void {
    this.#parts.pop()
  }

  toString(): string {
    return this.#parts.join('')
  }

  /** A mistake at this place: `auth.sendCode.api_id: expected …`. */
  expected(wanted: string, found: string): Mistake {
    return new Mistake(`${this}: expected ${wanted}, got ${found}`)
  }
}
