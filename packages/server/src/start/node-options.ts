/** The options and settings of a node, as other nodes compare them. */
import { createHash } from 'node:crypto'
import type { Difference, NodeOptions } from '../nodes/differences.ts'
import type { Settings } from '../rules/index.ts'
import type { ResolvedOptions } from './options.ts'

/** Options that are the same for all nodes: tests, data centres, limits and passkeys are those of the whole server. */
const SAME = ['testClock', 'dcs', 'cdn', 'limits', 'passkeyDomain'] as const

/** Settings that these options set. */
const SET_BY_OPTIONS: ReadonlySet<string> = new Set(['dcs', 'cdn', 'passkeys.rpId'])

/** Longer values, such as the terms of service, are named by their hash. */
const MAX_VALUE_LENGTH = 500

/**
 * Describes this node to others. Options and settings have no secrets in them.
 *
 * @param filesId of the folder of files
 */
export function nodeOptionsOf(
  options: Pick<ResolvedOptions, (typeof SAME)[number]>,
  settings: Settings,
  filesId: string,
): NodeOptions {
  const paths = pathsOf(settings).filter(([path]) => !SET_BY_OPTIONS.has(path))
  return {
    // A node that cannot see the files of the others has to be told so: its clients would miss them.
    same: {
      ...Object.fromEntries(SAME.map((name) => [name, shown(options[name])])),
      files: `with the number ${filesId}`,
    },
    settings: Object.fromEntries(paths.map(([path, value]) => [path, shown(value)])),
  }
}

/** The sentence that tells an operator of a node with other settings. */
export function otherSettings(number: number, settings: readonly Difference[]): string {
  const list = settings.map(({ name, ours, theirs }) => `${name} ${theirs} (here ${ours})`).join(', ')
  return `node ${number} runs with other settings: ${list}; give all nodes the same, unless this is a rolling restart`
}

function pathsOf(values: object, before = ''): [path: string, value: unknown][] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return []
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return pathsOf(value, `${before}${name}.`)
    return [[`${before}${name}`, value]]
  })
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= MAX_VALUE_LENGTH) return text
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${text.length} characters, SHA-256 ${hash}…`
}
