/** Dates on the wire are those of the wall clock. However long a test takes on a busy machine, they lie in its time. */
import assert from 'node:assert/strict'

/** A time that has begun. */
export interface Moment {
  /** Fails if this date, in Unix seconds, lies before the beginning or after now. */
  assertHolds(dateS: number | undefined): void
}

/** Begins a time that ends when it is asked. */
export function beginMoment(): Moment {
  const beganS = Math.floor(Date.now() / 1000)
  return {
    assertHolds(dateS = Number.NaN) {
      const nowS = Math.ceil(Date.now() / 1000)
      assert.ok(dateS >= beganS && dateS <= nowS, `${dateS} is not from ${beganS} to ${nowS}`)
    },
  }
}
