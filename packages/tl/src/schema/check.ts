import { type Combinator, type Field, PRIMITIVES, type Schema, type TypeExpr } from './ast.ts'
import { combinatorId } from './crc.ts'
import { fieldName } from './names.ts'
import { schemaError } from './place.ts'

/** Deviations from TL that a source is allowed. */
export interface CheckOptions {
  /** Names whose id is known to differ from the CRC32 of their text. */
  readonly oddIds?: ReadonlySet<string>
}

/**
 * Checks the meaning of a schema: ids and names are unique, every type is defined, every flags field comes before
 * the fields that use it, and every id is the CRC32 of its text. Replaces `%Type` by its constructor.
 *
 * @throws SchemaError at the first mistake.
 */
export function checkSchema(schema: Schema, options: CheckOptions = {}): Schema {
  const { source } = schema
  const fail = (offset: number, message: string): never => {
    throw schemaError(source, offset, message)
  }
  const types = new Map<string, Combinator[]>()
  const constructors = new Map(schema.constructors.map((combinator) => [combinator.name, combinator]))
  for (const combinator of schema.constructors) {
    if (combinator.result.kind !== 'boxed')
      fail(combinator.offset, `${combinator.name} does not have a boxed type`)
    else types.set(combinator.result.name, [...(types.get(combinator.result.name) ?? []), combinator])
  }

  const resolve = (type: TypeExpr, offset: number): TypeExpr => {
    if (type.kind === 'vector') return { ...type, item: resolveItem(type.item, offset) }
    if (type.kind === 'boxed' && !types.has(type.name)) fail(offset, `unknown type ${type.name}`)
    return type.kind === 'bare' ? { kind: 'bare', name: bareConstructor(type.name, offset) } : type
  }
  const resolveItem = (type: TypeExpr, offset: number): TypeExpr => {
    if (type.kind === 'true' || type.kind === 'flags') fail(offset, 'a vector cannot hold this type')
    return resolve(type, offset)
  }
  const bareConstructor = (name: string, offset: number): string => {
    if (constructors.has(name)) return name
    const [only, second] = types.get(name) ?? []
    if (only === undefined || second !== undefined) return fail(offset, `unknown bare type ${name}`)
    return only.name
  }

  const checkField = (field: Field, earlier: readonly Field[]): Field => {
    const { name, flag, type, offset } = field
    const propertyName = fieldName(name)
    if (earlier.some((other) => fieldName(other.name) === propertyName))
      fail(offset, `duplicate field ${name}`)
    if (type.kind === 'true' && flag === undefined) fail(offset, `field ${name} is true without a flag`)
    if (flag !== undefined) {
      const isFlags = (other: Field) => other.name === flag.field && other.type.kind === 'flags'
      if (!earlier.some(isFlags)) fail(offset, `field ${name} has no ${flag.field}:# before it`)
      if (flag.bit > 31) fail(offset, `field ${name} has a flag beyond bit 31`)
      if (type.kind === 'flags') fail(offset, `flags field ${name} cannot be optional`)
    }
    return { ...field, type: resolve(type, offset) }
  }

  const ids = new Map<number, string>()
  const names = new Set<string>()
  const check = (combinator: Combinator): Combinator => {
    const { name, id, offset } = combinator
    const hex = id.toString(16).padStart(8, '0')
    if (PRIMITIVES.has(name)) fail(offset, `${name} is a built-in type`)
    if (names.has(name)) fail(offset, `duplicate name ${name}`)
    if (ids.has(id)) fail(offset, `${name} has the id #${hex} of ${ids.get(id)}`)
    names.add(name)
    ids.set(id, name)
    const fields: Field[] = []
    for (const field of combinator.fields) fields.push(checkField(field, fields))
    const crc = combinatorId({ ...combinator, fields })
    if (crc !== id && options.oddIds?.has(name) !== true) {
      fail(offset, `${name} has the id #${hex}, but its text gives #${crc.toString(16).padStart(8, '0')}`)
    }
    const result = combinator.kind === 'method' ? resolve(combinator.result, offset) : combinator.result
    return { ...combinator, fields, result }
  }
  return { source, constructors: schema.constructors.map(check), methods: schema.methods.map(check) }
}
