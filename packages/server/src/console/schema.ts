import type * as v from 'valibot'

/** Any schema; valibot's own type for one. */
export type Schema = v.GenericSchema

/** A schema whose values, once checked, are a `T`. */
export type SchemaOf<T> = v.GenericSchema<unknown, T>
