import type { Combinator, Field, MethodError, Schema } from './ast.ts'
import { printCombinator } from './print-tl.ts'

/**
 * A schema as TL text that says what its source told besides the combinators, in comments before each:
 *
 * ```text
 * //@description Signs in
 * //@field phone_code What the user typed
 * //@available user
 * //@error 400 PHONE_CODE_INVALID The code is wrong.
 * auth.signIn#8d52a951 flags:# … = auth.Authorization;
 * ```
 */
export function printDocumentedTl({ constructors, methods }: Schema): string {
  const print = (combinator: Combinator) => [...documentation(combinator), printCombinator(combinator)]
  const lines = [...constructors.flatMap(print), '---functions---', ...methods.flatMap(print)]
  return `${lines.join('\n')}\n`
}

function documentation({ description, fields, available, errors }: Combinator): string[] {
  const lines = fields.flatMap((field) =>
    field.description === undefined || field.type.kind === 'flags'
      ? []
      : [`field ${field.name} ${field.description}`],
  )
  if (description !== undefined) lines.unshift(`description ${description}`)
  if (available !== undefined) lines.push(`available ${available}`)
  for (const error of errors) lines.push(`error ${error.code} ${error.name} ${error.description ?? ''}`)
  return lines.map((line) => `//@${escapeLine(line).trimEnd()}`)
}

/** A schema parsed from TL text, with what the comments before each combinator say. */
export function withDocumentation(schema: Schema): Schema {
  const { text } = schema.source
  const document = (combinator: Combinator): Combinator => {
    const tags = tagsBefore(text, combinator.offset)
    const of = (tag: string) => tags.filter((line) => line.startsWith(`${tag} `)).map(withoutWord)
    const fields = new Map(of('field').map((line) => [firstWord(line), withoutWord(line)]))
    const [available] = of('available')
    return {
      ...combinator,
      description: of('description')[0],
      fields: combinator.fields.map((field): Field => ({ ...field, description: fields.get(field.name) })),
      available: available === 'both' || available === 'user' || available === 'bot' ? available : undefined,
      errors: of('error').map(parseError),
    }
  }
  return {
    source: schema.source,
    constructors: schema.constructors.map(document),
    methods: schema.methods.map(document),
  }
}

/** The `//@` lines that end right before this place. */
function tagsBefore(text: string, offset: number): string[] {
  const tags: string[] = []
  for (let end = offset - 1; end > 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1
    if (!text.startsWith('//@', start)) break
    tags.unshift(unescapeLine(text.slice(start + 3, end)))
    end = start - 1
  }
  return tags
}

function parseError(line: string): MethodError {
  const [code = '', rest = ''] = [firstWord(line), withoutWord(line)]
  const description = withoutWord(rest)
  return {
    code: Number(code),
    name: firstWord(rest),
    description: description === '' ? undefined : description,
  }
}

function firstWord(line: string): string {
  return line.split(' ', 1)[0] ?? ''
}

function withoutWord(line: string): string {
  return line.slice(firstWord(line).length + 1)
}

/** Descriptions have paragraphs; a comment is one line. */
function escapeLine(line: string): string {
  return line.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function unescapeLine(line: string): string {
  return line.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
}
