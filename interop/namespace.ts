/**
 * A network namespace with nothing but loopback. Binary clients only run inside one: before their proxy is
 * on, and after failures, they dial Telegram's own data centres.
 */
import { spawnSync } from 'node:child_process'

/** A command to prefix another one with, so that it can only reach loopback. */
export type NamespaceCommand = readonly [program: string, ...args: string[]]

const LOOPBACK_THEN = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

/** Returns how to make a namespace here; throws with the reason if that is impossible. */
export function namespaceCommand(): NamespaceCommand {
  const isRoot = process.getuid?.() === 0
  const command: NamespaceCommand = [
    'unshare',
    '--net',
    ...(isRoot ? [] : ['--map-root-user']),
    ...LOOPBACK_THEN,
  ]
  const [program, ...args] = command
  const { status, error, stderr } = spawnSync(program, [...args, 'true'], { encoding: 'utf8' })
  if (status === 0) return command
  throw new Error(`no network namespace can be made here: ${error?.message ?? stderr.trim()}`)
}
