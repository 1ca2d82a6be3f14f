import { SchemaError } from '@cablegram/tl'
import { checkSchema, parseJsonSchema, parseTl, printTl } from '@cablegram/tl/schema'
import type { Rng } from '../../simulation/rng.ts'
import { join, pick, type Target } from '../target.ts'

const LINES = [
  'boolTrue#997275b5 = Bool;',
  'vector#1cb5c415 {t:Type} # [ t ] = Vector t;',
  'user#1 flags:# self:flags.10?true id:long name:flags.1?string = User;',
  'a.b#2 x:Vector<long> y:vector<%User> z:flags.31?Vector<a.B> = a.B;',
  '---functions---',
  '---types---',
  'invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;',
  'help.getConfig#c4f9186b = Config; // comment',
  '/* more\nof it */ int ? = Int;',
  '{"constructors":[{"id":"1","predicate":"a","params":[{"name":"x","type":"int"}],"type":"A"}],"methods":[]}',
]
const PIECES = [
  '#',
  ':',
  '?',
  '=',
  ';',
  '{',
  '}',
  '<',
  '>',
  '[',
  ']',
  '%',
  '!',
  '.',
  'flags.',
  'Vector<',
  '/*',
  '*/',
  '//',
  '\n',
  '"',
  '\\u',
  '-1',
  '4294967296',
  'Type',
  'é',
  '\u0000',
]
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The parsers of TL text and of its JSON form: a schema or a SchemaError. */
export const tlText: Target = {
  name: 'tl-text',
  words: [...PIECES, ...LINES].map((text) => encoder.encode(text)),
  make: (rng: Rng) =>
    join(...Array.from({ length: rng.between(1, 6) }, () => encoder.encode(`${pick(rng, LINES)}\n`))),
  run(input) {
    const text = decoder.decode(input)
    const schema = parse(() => parseTl(text, 'fuzz.tl'))
    if (schema && parse(() => checkSchema(schema))) parseTl(printTl(schema), 'printed.tl')
    parse(() => parseJsonSchema(text, 'fuzz.json'))
  },
}

function parse<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof SchemaError) return undefined
    throw error
  }
}
