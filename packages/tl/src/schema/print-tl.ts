import type { Combinator, Field, Schema, TypeExpr } from './ast.ts'

/** Prints a schema as TL text that `parseTl` reads back, one combinator per line. */
export function printTl({ constructors, methods }: Pick<Schema, 'constructors' | 'methods'>): string {
  const lines = [...constructors.map(printCombinator), '---functions---', ...methods.map(printCombinator)]
  return `${lines.join('\n')}\n`
}

/** Prints one combinator as TL text: `auth.sentCode#5e002502 flags:# … = auth.SentCode;`. */
export function printCombinator({ name, id, generics, fields, result }: Combinator): string {
  const head = `${name}#${id.toString(16).padStart(8, '0')}`
  const variables = generics.map((variable) => `{${variable}:Type}`)
  return `${[head, ...variables, ...fields.map(printField), '=', printType(result)].join(' ')};`
}

function printField({ name, type, flag }: Field): string {
  const condition = flag === undefined ? '' : `${flag.field}.${flag.bit}?`
  return `${name}:${condition}${type.kind === 'generic' ? '!' : ''}${printType(type)}`
}

function printType(type: TypeExpr): string {
  switch (type.kind) {
    case 'flags':
      return '#'
    case 'true':
      return 'true'
    case 'vector':
      return `${type.boxed ? 'Vector' : 'vector'}<${printType(type.item)}>`
    case 'bare':
      return bareText(type.name)
    default:
      return type.name
  }
}

/** Prints a bare type: the constructor's name, or `%Type` if it is named by its type. */
function bareText(name: string): string {
  return /^[A-Z]/.test(name.slice(name.lastIndexOf('.') + 1)) ? `%${name}` : name
}
