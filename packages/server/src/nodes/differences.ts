/** The options and settings of a node, and how those of two nodes differ. */

/** Options and settings of a node. Nothing in them is secret. */
export interface NodeOptions {
  /** Options that must be the same for all nodes, by the names that `startServer` has for them. */
  readonly same: Readonly<Record<string, string>>
  /** Settings of the rules, by their paths. An operator changes them by a rolling restart, so nodes may differ for a while. */
  readonly settings: Readonly<Record<string, string>>
}

/** A value that two nodes do not have in common. */
export interface Difference {
  readonly name: string
  readonly ours: string
  readonly theirs: string
}

/** Differences between two nodes. */
export interface Differences {
  readonly same: readonly Difference[]
  readonly settings: readonly Difference[]
}

const NONE = 'none'

/** Compares two nodes. Options that a node of another version does not know are left out, and settings if it tells none. */
export function findDifferences(ours: NodeOptions, theirs: NodeOptions): Differences {
  return {
    same: differing(ours.same, theirs.same).filter(({ ours, theirs }) => ours !== NONE && theirs !== NONE),
    settings: Object.keys(theirs.settings).length === 0 ? [] : differing(ours.settings, theirs.settings),
  }
}

type Values = Readonly<Record<string, string>>

function differing(ours: Values, theirs: Values): Difference[] {
  return Object.keys({ ...ours, ...theirs })
    .map((name) => ({ name, ours: ours[name] ?? NONE, theirs: theirs[name] ?? NONE }))
    .filter(({ ours, theirs }) => ours !== theirs)
}
