/** The first of two times; undefined if there is neither. Asked for at each step, where lists would cost more than the step. */
export function earliest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}
