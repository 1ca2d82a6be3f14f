import { int, text } from '../database/columns.ts'
import { alone, type Decision, sql } from '../database/decision.ts'
import type { NodeOptions } from './differences.ts'

/** A node, as it says of itself. */
export interface Node {
  /** Another one for each start. */
  readonly name: string
  readonly version: string
  /** Kept as JSON. */
  readonly options: NodeOptions
}

/** A node that has beaten lately. */
export interface LiveNode extends Node {
  readonly number: number
  /** By the clock of the database. */
  readonly beatAtMs: number
}

const forget = sql`DELETE FROM nodes WHERE beat_at_ms < :beforeMs`
const list = sql`SELECT * FROM nodes ORDER BY number`
const insert = sql`
  INSERT INTO nodes (name, number, version, options, beat_at_ms)
  VALUES (:name, :number, :version, :options, :nowMs)`
const beat = sql`UPDATE nodes SET beat_at_ms = :nowMs WHERE name = :name`
const remove = sql`DELETE FROM nodes WHERE name = :name`

/**
 * Enters a node, or says that it still runs. Nodes that have not beaten since `beforeMs` are forgotten.
 *
 * @returns all nodes, this one among them
 */
export function* beatNode(node: Node, nowMs: number, beforeMs: number): Decision<LiveNode[]> {
  const { name, version, options } = node
  yield* alone('nodes')
  yield* forget.send({ beforeMs })
  if ((yield* beat.run({ name, nowMs })) === 0) {
    const taken = new Set((yield* list.rows()).map((row) => int(row, 'number')))
    let number = 1
    while (taken.has(number)) number += 1
    yield* insert.send({ name, number, version, options: JSON.stringify(options), nowMs })
  }
  return (yield* list.rows()).map(toNode)
}

/** Takes a node off the list, because it closes. */
export function* removeNode(name: string): Decision<void> {
  yield* remove.send({ name })
}

function toNode(row: Parameters<typeof text>[0]): LiveNode {
  return {
    name: text(row, 'name'),
    number: int(row, 'number'),
    version: text(row, 'version'),
    options: { same: {}, settings: {}, ...JSON.parse(text(row, 'options')) },
    beatAtMs: int(row, 'beat_at_ms'),
  }
}
