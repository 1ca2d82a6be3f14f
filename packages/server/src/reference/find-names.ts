import { closestNames } from '@cablegram/tl'
import type { Reference } from './open-reference.ts'

/** Folders in the order in which a bare name is looked for. */
const FOLDERS = ['/methods/', '/constructors/', '/types/', '/errors/', '/guides/', '/'] as const

/** The addresses of the pages that a name may mean, the likeliest first. */
export function findNames({ paths }: Pick<Reference, 'paths'>, name: string): string[] {
  const known = new Set(paths)
  const spellings = [name, errorName(name)]
  const found = FOLDERS.flatMap((folder) => spellings.map((each) => `${folder}${each.replace(/^\//, '')}`))
  return [...new Set(found)].filter((path) => known.has(path))
}

/** `FLOOD_WAIT_30` has the page of FLOOD_WAIT_X, `No workers running` that of No_workers_running. */
function errorName(name: string): string {
  return name.replaceAll(' ', '_').replace(/_\d+(?=_|$)/, '_X')
}

/** Names of pages that are close to a name that has none. */
export function closeNames({ paths }: Pick<Reference, 'paths'>, name: string): string[] {
  return closestNames(name, new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1))))
}
