/** Measures beside a peer: in one process, in turns, with medians, as a ratio rather than a time. */

/** Two ways to do the same work. */
export interface Contest {
  readonly name: string
  readonly peer: string
  readonly ours: () => unknown
  readonly theirs: () => unknown
  /** Calls per round. */
  readonly calls: number
  readonly rounds?: number
}

/** Measures both and prints a line that run.ts turns into a row. */
export function compare({ name, peer, ours, theirs, calls, rounds = 25 }: Contest): void {
  const measured = Array.from({ length: rounds }, (_, round) => {
    // The second one finds the caches as the first has left them, so the order changes, too.
    const [first, second] = round % 2 === 0 ? [ours, theirs] : [theirs, ours]
    const [a, b] = [microseconds(first, calls), microseconds(second, calls)]
    return round % 2 === 0 ? { ours: a, theirs: b } : { ours: b, theirs: a }
  })
  // The first fifth warms the compiler up.
  const warm = measured.slice(Math.floor(rounds / 5))
  report(name, peer, median(warm.map((round) => round.ours)), median(warm.map((round) => round.theirs)))
}

/** Prints the time of both, in microseconds per call. */
export function report(name: string, peer: string, ours: number, theirs: number): void {
  console.log(`${name}: cablegram ${rate(ours)}, ${peer} ${rate(theirs)}: ${(theirs / ours).toFixed(2)}×`)
}

/** The median. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

/** Processor time: other work of the machine does not count, the threads of the collector do. */
function microseconds(run: () => unknown, calls: number): number {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

function rate(us: number): string {
  return us < 1000 ? `${(1000 / us).toFixed(1)} k/s` : `${(us / 1000).toFixed(1)} ms`
}
