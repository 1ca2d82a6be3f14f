import { SchemaError } from '../errors.ts'
import type { Source } from './ast.ts'

/** Makes the error for a mistake at `offset` of a schema's text. */
export function schemaError(source: Source, offset: number, message: string): SchemaError {
  const before = source.text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  return new SchemaError(message, { file: source.file, line, column })
}
