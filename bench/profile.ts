/**
 * Divides processor time by part of the work, from the profiles that `node --cpu-prof` writes: one for each
 * thread.
 */
import { readdirSync, readFileSync } from 'node:fs'

interface Profile {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface Node {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

/** A sample belongs to the first part that matches its frame or one of its callers. */
const PARTS: readonly (readonly [part: string, fits: RegExp])[] = [
  ['key creation', /mtproto\/src\/exchange\/|exchange-(pool|worker)/],
  ['store', /server\/src\/database\//],
  ['crypto', /mtproto\/src\/crypto\/|mtproto\/src\/envelope\/encrypted/],
]
const IDLE = new Set(['(idle)', '(root)'])
const OUTSIDE = new Set(['(idle)', '(root)', '(program)'])

/** Shares of the busy time by part of the work; `the rest` is what remains. */
export function sharesOf(folder: string): Record<string, number> {
  const times = new Map<string, number>()
  for (const file of readdirSync(folder)) {
    addTimes(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Profile, times)
  }
  const all = [...times.values()].reduce((sum, us) => sum + us, 0)
  return Object.fromEntries([...times].map(([part, us]) => [part, us / all]))
}

/**
 * Shares of the busy time by part. Unlike in {@link sharesOf}, a sample belongs to the part that is nearest among its frame
 * and its callers: rules that a driver runs are rules.
 */
export function nearestShares(
  folder: string,
  parts: readonly (readonly [part: string, fits: RegExp])[],
): Record<string, number> {
  const times = new Map<string, number>()
  for (const file of readdirSync(folder)) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Profile
    const byId = new Map(nodes.map((node) => [node.id, node]))
    const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])))
    const partOf = (id: number): string => {
      const { functionName = '', url = '' } = byId.get(id)?.callFrame ?? {}
      if (functionName === '(garbage collector)') return 'garbage collection'
      if (/esm|realm|internal\/modules/.test(url)) return 'loading'
      const found = parts.find(([, fits]) => fits.test(url))
      const parent = parents.get(id)
      return found?.[0] ?? (parent === undefined ? 'the rest' : partOf(parent))
    }
    for (const [at, id] of samples.entries()) {
      if (OUTSIDE.has(byId.get(id)?.callFrame.functionName ?? '')) continue
      const part = partOf(id)
      times.set(part, (times.get(part) ?? 0) + (timeDeltas[at] ?? 0))
    }
  }
  times.delete('loading')
  const all = [...times.values()].reduce((sum, us) => sum + us, 0)
  return Object.fromEntries([...times].map(([part, us]) => [part, us / all]))
}

function addTimes({ nodes, samples, timeDeltas }: Profile, times: Map<string, number>): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])))
  const callersOf = (id: number): string[] => {
    const parent = parents.get(id)
    return [byId.get(id)?.callFrame.url ?? '', ...(parent === undefined ? [] : callersOf(parent))]
  }
  const partOf = (id: number): string => {
    const urls = callersOf(id)
    const found = PARTS.find(([, fits]) => urls.some((url) => fits.test(url)))
    if (found !== undefined) return found[0]
    return byId.get(id)?.callFrame.functionName === '(garbage collector)' ? 'garbage collection' : 'the rest'
  }
  for (const [at, id] of samples.entries()) {
    if (IDLE.has(byId.get(id)?.callFrame.functionName ?? '')) continue
    const part = partOf(id)
    times.set(part, (times.get(part) ?? 0) + (timeDeltas[at] ?? 0))
  }
}
