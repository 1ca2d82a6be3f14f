import type { StandIns } from '../layers/rules.ts'
import { type Combinator, fieldName, type Schema, schemaError } from '../schema/index.ts'
import type { Shape } from './shape.ts'

/** A constructor that clients send in place of another. */
export interface StandIn extends Combinator {
  /** The constructor that clients leave out around this one, and its only field. */
  readonly within?: { readonly name: string; readonly field: string }
}

/**
 * The constructors of another type that clients send in place of these: each under the name of the one that it stands for, or
 * bare of it.
 *
 * @throws SchemaError if one has other fields than the one that it stands for, or is not what that one holds.
 */
export function standInsFor(
  siblings: readonly Combinator[],
  { schema, constructors, types }: Shape,
  standIns: StandIns,
): StandIn[] {
  return siblings.flatMap((sibling) => {
    const name = standIns[sibling.name] ?? ''
    const held = types.get(name)
    if (held !== undefined) return bareOf(sibling, name, held, schema.source)
    const other = constructors.get(name)
    if (other === undefined) return []
    if (fieldsOf(sibling) !== fieldsOf(other))
      throw schemaError(schema.source, other.offset, `${other.name} has not the fields of ${sibling.name}`)
    return [{ ...sibling, id: other.id }]
  })
}

/** The value that a reader returns for a constructor whose fields this expression reads. */
export function standInExpression({ within }: StandIn, fields: string): string {
  return within === undefined ? fields : `{_:${JSON.stringify(within.name)},${within.field}:${fields}}`
}

function bareOf(
  sibling: Combinator,
  type: string,
  held: readonly Combinator[],
  source: Schema['source'],
): StandIn[] {
  const [field, second] = sibling.fields
  if (second !== undefined || field?.type.kind !== 'boxed' || field.type.name !== type)
    throw schemaError(source, sibling.offset, `${sibling.name} does not hold ${type} alone`)
  return held.map((one) => ({ ...one, within: { name: sibling.name, field: fieldName(field.name) } }))
}

function fieldsOf({ fields }: Combinator): string {
  return JSON.stringify(fields.map(({ name, type, flag }) => [name, type, flag]))
}
