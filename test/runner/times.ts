/**
 * The times of each file, for whoever makes the suite faster: `CABLEGRAM_TIMES=FILE npm test` appends a line to FILE for each
 * file, with seconds of the processor in this process, those in processes that the file started, and those of the clock.
 */
import { appendFileSync, readFileSync } from 'node:fs'

/** Fields 16 and 17 of the line that Linux has for a process: hundredths of a second in children that have ended. */
const CHILDREN_USER = 15
const TICKS_PER_SECOND = 100

interface Times {
  readonly own: number
  readonly children: number
  readonly clock: number
}

/** Starts to measure. @returns a function that is told the name of what begins next, or nothing at the end */
export function startTimes(
  path: string | undefined = process.env['CABLEGRAM_TIMES'],
): (next?: string) => void {
  if (path === undefined) return () => {}
  let before: Times = { own: 0, children: 0, clock: 0 }
  let name = 'start, and loading of what follows'
  return (next) => {
    const now = readTimes()
    appendFileSync(path, `${lineOf(before, now)} ${name}\n`)
    before = now
    name = next ?? 'the end'
  }
}

function readTimes(): Times {
  const { user, system } = process.cpuUsage()
  return { own: (user + system) / 1e6, children: childrenSeconds(), clock: process.uptime() }
}

/** Processor time of the children that have ended, in seconds; 0 where the system does not tell. */
export function childrenSeconds(): number {
  if (process.platform !== 'linux') return 0
  const [user = 0, system = 0] = readFileSync('/proc/self/stat', 'utf8')
    .split(' ')
    .slice(CHILDREN_USER, CHILDREN_USER + 2)
    .map(Number)
  return (user + system) / TICKS_PER_SECOND
}

function lineOf(before: Times, now: Times): string {
  return (['own', 'children', 'clock'] as const)
    .map((key) => (now[key] - before[key]).toFixed(2).padStart(7))
    .join(' ')
}
