/** Processor time of other programs, from /proc: Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

const TICK_US = 10_000

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly ticks: number
}

/** Processor time, in microseconds, of the programs of this name that this process has started, with their children. */
export function timeOfPrograms(name: string): number {
  const all = readdirSync('/proc').flatMap(readProcess)
  const programs = all.filter((each) => each.parent === process.pid && each.name === name)
  const pids = new Set(programs.map(({ pid }) => pid))
  const children = all.filter(({ parent }) => pids.has(parent))
  return [...programs, ...children].reduce((sum, { ticks }) => sum + ticks, 0) * TICK_US
}

/** Nothing for a name that is no process, or for one that has just ended. */
function readProcess(entry: string): readonly Process[] {
  if (!/^\d+$/.test(entry)) return []
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    const fields = stat.slice(end + 2).split(' ')
    // utime, stime, and those of children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return [
      { pid: Number(entry), parent: Number(fields[1]), name: stat.slice(stat.indexOf('(') + 1, end), ticks },
    ]
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return []
    throw error
  }
}
