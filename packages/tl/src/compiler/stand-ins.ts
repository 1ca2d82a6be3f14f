import type { StandIns } from '../layers/rules.ts'
import { type Combinator, schemaError } from '../schema/index.ts'
import type { Shape } from './shape.ts'

/**
 * The constructors of another type that clients send in place of these, each under the name of the one that it stands for.
 *
 * @throws SchemaError if one has other fields than the one that it stands for.
 */
export function standInsFor(
  siblings: readonly Combinator[],
  { schema, constructors }: Shape,
  standIns: StandIns,
): Combinator[] {
  return siblings.flatMap((sibling) => {
    const other = constructors.get(standIns[sibling.name] ?? '')
    if (other === undefined) return []
    if (fieldsOf(sibling) !== fieldsOf(other))
      throw schemaError(schema.source, other.offset, `${other.name} has not the fields of ${sibling.name}`)
    return [{ ...sibling, id: other.id }]
  })
}

function fieldsOf({ fields }: Combinator): string {
  return JSON.stringify(fields.map(({ name, type, flag }) => [name, type, flag]))
}
