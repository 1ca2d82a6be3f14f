import type { Combinator, MethodError, Schema } from './ast.ts'
import { printCombinator } from './print-tl.ts'

/**
 * Prints a schema as TL text, with comments before each method for its callers and its errors. These are the facts that
 * TL itself cannot express:
 *
 * ```text
 * //@available user
 * //@error 400 PHONE_CODE_INVALID
 * auth.signIn#8d52a951 flags:# … = auth.Authorization;
 * ```
 */
export function printTlWithFacts({ constructors, methods }: Schema): string {
  const print = (method: Combinator) => [...factLines(method), printCombinator(method)]
  const lines = [...constructors.map(printCombinator), '---functions---', ...methods.flatMap(print)]
  return `${lines.join('\n')}\n`
}

function factLines({ available, errors }: Combinator): string[] {
  const callers = available === undefined ? [] : [`//@available ${available}`]
  return [...callers, ...errors.map(({ code, name }) => `//@error ${code} ${name}`)]
}

/** Adds to a schema parsed from TL text the facts in the comments before each method. */
export function withMethodFacts(schema: Schema): Schema {
  const methods = schema.methods.map((method): Combinator => {
    const facts = factsBefore(schema.source.text, method.offset)
    const of = (tag: string) =>
      facts.filter((line) => line.startsWith(`${tag} `)).map((line) => line.slice(tag.length + 1))
    const [available] = of('available')
    return {
      ...method,
      available: available === 'both' || available === 'user' || available === 'bot' ? available : undefined,
      errors: of('error').map(parseError),
    }
  })
  return { ...schema, methods }
}

/** The `//@` lines directly before an offset. */
function factsBefore(text: string, offset: number): string[] {
  const facts: string[] = []
  for (let end = offset - 1; end > 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1
    if (!text.startsWith('//@', start)) break
    facts.unshift(text.slice(start + 3, end))
    end = start - 1
  }
  return facts
}

function parseError(line: string): MethodError {
  const [code = '', name = ''] = line.split(' ', 2)
  return { code: Number(code), name }
}
