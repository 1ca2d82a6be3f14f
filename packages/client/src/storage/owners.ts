import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'

/** A process as a lock file describes it. */
export interface LockOwner {
  readonly pid: number
  /** Tells this opening from every other one, also inside one process. */
  readonly id?: string | undefined
  /** When the process started, in a unit of the system's since boot: tells it from a later process with the same pid. */
  readonly start?: string | undefined
  readonly host?: string | undefined
  /** The boot of the machine. */
  readonly boot?: string | undefined
  /** The pid namespace in which `pid` counts: containers have one each. */
  readonly pidNamespace?: string | undefined
}

/** Facts about this process and others on the machine. */
export interface Processes {
  /** This process. */
  readonly self: LockOwner
  /** When a process started; undefined if there is no such process, `'unknown'` if the system does not say. */
  startOf(pid: number): string | undefined
  /** The name of the program that a process runs, if the system tells it. */
  programOf(pid: number): string | undefined
  /** The start of a process in Unix milliseconds, if the system tells it. */
  startedAtMs(pid: number): number | undefined
}

/** Whether the owner of a lock lives; `elsewhere`: on this machine, but in a pid namespace that cannot be seen from here. */
export type Liveness = 'alive' | 'dead' | 'elsewhere'

/** Linux counts the starts of processes in these, whatever the kernel's own clock (USER_HZ). */
const TICKS_PER_S = 100

/** The programs that can run Cablegram. */
const RUNTIMES = /^(?:node|nodejs|bun|deno|electron)/i

/**
 * Decides whether the owner of a lock lives. One on another host, or from an earlier boot, counts as dead: nobody here
 * can ask.
 *
 * @param writtenAtMs when the lock file was written
 */
export function livenessOf(owner: LockOwner, writtenAtMs: number, processes: Processes): Liveness {
  if (owner.id === undefined) return isFormerOwnerAlive(owner.pid, writtenAtMs, processes) ? 'alive' : 'dead'
  const { self } = processes
  if (owner.boot !== self.boot) return 'dead'
  // Without the id of a boot, the name is all that tells one machine from another.
  if (self.boot === undefined && owner.host !== self.host) return 'dead'
  if (owner.pidNamespace !== self.pidNamespace) return 'elsewhere'
  const start = processes.startOf(owner.pid)
  if (start === undefined) return 'dead'
  return start === 'unknown' || owner.start === undefined || start === owner.start ? 'alive' : 'dead'
}

/**
 * A lock of a former version holds a pid and nothing else. Its owner started before it was written and runs a JavaScript
 * program; everything else has the pid by chance.
 */
function isFormerOwnerAlive(pid: number, writtenAtMs: number, processes: Processes): boolean {
  // Not in this process: it would know of it. An earlier process had the same pid, as in a restarted container.
  if (pid === processes.self.pid || processes.startOf(pid) === undefined) return false
  const startedAtMs = processes.startedAtMs(pid)
  // Clocks of file systems are coarse.
  if (startedAtMs !== undefined && startedAtMs > writtenAtMs + 2_000) return false
  const program = processes.programOf(pid)
  return program === undefined || RUNTIMES.test(program) || program === basename(process.execPath)
}

/** The processes of this machine: as Linux tells them in /proc, elsewhere by signal 0. */
export function systemProcesses(): Processes {
  const isLinux = process.platform === 'linux'
  return {
    self: {
      pid: process.pid,
      start: ticksOf(process.pid) ?? monotonicStart(),
      host: hostname(),
      boot: isLinux ? textOf('/proc/sys/kernel/random/boot_id') : undefined,
      pidNamespace: isLinux ? linkOf('/proc/self/ns/pid') : undefined,
    },
    startOf(pid) {
      if (!isThere(pid)) return undefined
      return ticksOf(pid) ?? (pid === process.pid ? monotonicStart() : 'unknown')
    },
    programOf: (pid) => linkOf(`/proc/${pid}/exe`)?.split('/').at(-1) ?? textOf(`/proc/${pid}/comm`),
    startedAtMs(pid) {
      const bootS = /^btime (\d+)$/m.exec((isLinux && textOf('/proc/stat')) || '')?.[1]
      const ticks = ticksOf(pid)
      if (bootS === undefined || ticks === undefined) return undefined
      return (Number(bootS) + Number(ticks) / TICKS_PER_S) * 1000
    },
  }
}

/** In the same unit for every thread of the process, and unmoved by changes of the wall clock. */
function monotonicStart(): string {
  const startMs = Number(process.hrtime.bigint() / 1_000_000n) - process.uptime() * 1000
  return String(Math.round(startMs / 1000))
}

/** Field 22 of /proc/PID/stat; the program's name before it may hold spaces and parentheses. */
function ticksOf(pid: number): string | undefined {
  const stat = process.platform === 'linux' ? textOf(`/proc/${pid}/stat`) : undefined
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
