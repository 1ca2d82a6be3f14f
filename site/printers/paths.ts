import { constructorShape, constructorsOf, type Shape } from '@cablegram/tl/fields'
import { snakeCase } from './lua-values.ts'
import { quoted } from './typescript-values.ts'

/** A place in an answer, written in each language. */
export interface Place {
  readonly typescript: string
  /** Conditions that narrow the types on the way. */
  readonly conditions: readonly string[]
  readonly lua: string
  /** The TL type of the value; `length` for the count of a vector, string or bytes. */
  readonly type: string
  /** The type of the value that a length is of. */
  readonly counted?: string
}

/** Knowledge about the constructors in an answer: the path of an object, and its constructor. */
export type Constructors = ReadonlyMap<string, string>

interface Walk extends Place {
  /** The part of the path behind the walker. */
  readonly path: string
  readonly maybe: boolean
}

/**
 * Follows a path such as `user.firstName` or `messages.0.message` through the types of the schema.
 *
 * @param type of the value that `name` holds
 * @param constructors what the objects on the path are, where more than one constructor has the field
 */
export function placeOf(name: string, type: string, path: string, constructors: Constructors): Place {
  const start: Walk = { typescript: name, lua: name, type, conditions: [], path: '', maybe: false }
  const end = path
    .split('.')
    .filter(Boolean)
    .reduce((walk, step) => next(walk, step, constructors), start)
  return end.type === 'long' ? { ...end, typescript: `String(${end.typescript})` } : end
}

function next(walk: Walk, step: string, constructors: Constructors): Walk {
  const path = walk.path === '' ? step : `${walk.path}.${step}`
  const dot = walk.maybe ? '?.' : '.'
  if (step === 'length' && constructorsOf(walk.type).length === 0) {
    const counted = { typescript: `${walk.typescript}${dot}length`, lua: `#${walk.lua}` }
    return { ...walk, ...counted, type: 'length', counted: walk.type, path }
  }
  const item = itemOf(walk.type)
  if (item !== undefined) {
    const at = { typescript: `${walk.typescript}[${step}]`, lua: `${walk.lua}[${Number(step) + 1}]` }
    return { ...walk, ...at, type: item, path, maybe: true }
  }
  if (step === '_') {
    return { ...walk, typescript: `${walk.typescript}${dot}_`, lua: `${walk.lua}._`, type: 'string', path }
  }
  return fieldOf(walk, step, { path, shape: shapeWith(walk, step, constructors) })
}

function fieldOf(walk: Walk, step: string, { path, shape }: { path: string; shape: Shape }): Walk {
  const field = shape.fields.find(({ key }) => key === step)
  if (field === undefined) throw new Error(`${shape.name} has no ${step}`)
  const isNarrowed = !everyHas(walk.type, step)
  const condition = `${walk.typescript}${walk.maybe ? '?.' : '.'}_ === ${quoted(shape.name)}`
  const dot = walk.maybe && !isNarrowed ? '?.' : '.'
  return {
    typescript: `${walk.typescript}${dot}${step}`,
    conditions: isNarrowed ? [...walk.conditions, condition] : walk.conditions,
    lua: `${walk.lua}.${/^[A-Z]/.test(step) ? step : (field.name ?? snakeCase(step))}`,
    type: field.type,
    path,
    maybe: field.flag !== undefined,
  }
}

function shapeWith({ type, path }: Walk, step: string, constructors: Constructors): Shape {
  const known = constructors.get(path)
  const shape = known === undefined ? undefined : constructorShape(known)
  if (shape !== undefined) return shape
  const [only, ...others] = constructorsOf(type).filter((each) => has(each, step))
  if (only === undefined) throw new Error(`no constructor of ${type} has ${step}`)
  if (others.length > 0 && !everyHas(type, step)) {
    throw new Error(`${step} is in several constructors of ${type}: say which by showing ${path}._`)
  }
  return only
}

function everyHas(type: string, step: string): boolean {
  return constructorsOf(type).every((shape) => has(shape, step))
}

function has({ fields }: Shape, step: string): boolean {
  return fields.some(({ key }) => key === step)
}

function itemOf(type: string): string | undefined {
  return /^[Vv]ector<(.+)>$/.exec(type)?.[1]
}
