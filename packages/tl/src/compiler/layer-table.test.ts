import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchema, parseTl } from '../schema/index.ts'
import { emitLayerTable, shapeOf } from './index.ts'

const shape = (text: string) => shapeOf(checkSchema(parseTl(text, 'x.tl')))

const NEWEST = `
user flags:# id:long name:string photo:flags.0?string bio:flags.1?string = User;
robot = User;
same = Same;
---functions---
getUser hash:int = User;
getSame = Same;
`
const SECOND = `
user flags:# id:long name:string photo:flags.0?string age:int = User;
same = Same;
---functions---
getUser = User;
getSame = Bool;
`
const FIRST = `
user flags:# id:int name:string age:int old:flags.1?int = User;
same = Same;
---functions---
getUser = User;
getSame = Bool;
`

const page = emitLayerTable(
  shape(NEWEST),
  4,
  [
    { layer: 1, shape: shape(FIRST) },
    { layer: 2, shape: shape(SECOND) },
    { layer: 3, shape: shape(NEWEST) },
  ],
  { methods: ['getUser', 'getSame'], values: ['User', 'Same'] },
  {
    toOlder: { 'user.age': { value: 7 } },
    fromOlder: { 'getUser.hash': { value: 0 } },
    onlyNewest: [],
    standIns: {},
    readAs: {},
    absent: { robot: 'omit' },
    holding: {},
    emptied: {},
    results: { getSame: { value: true } },
  },
)

const rowsAfter = (title: string): string[] => {
  const section = page.slice(page.indexOf(title)).split('\n\n')[1] ?? ''
  return section.split('\n').slice(2)
}

test('neighbouring layers with the same rule share a row', () => {
  assert.deepEqual(rowsAfter('### user'), [
    '| 1 | `photo` | left out |',
    '| 1 | `id` | an int; larger values do not fit |',
    '| 1 | `old` | exists in these layers only; never set |',
    '| 1–2 | `bio` | left out |',
    '| 1–2 | `age` | `7` |',
  ])
})

test('answers, constructors and parameters have their tables', () => {
  assert.deepEqual(rowsAfter('## Answers'), ['| 1–2 | `getSame` | `true` |'])
  assert.deepEqual(rowsAfter('## Constructors'), ['| 1–2 | `robot` | nothing; left out of lists |'])
  assert.deepEqual(rowsAfter('## Parameters'), ['| 1–2 | `getUser.hash` | `0` |'])
})

test('a value that is the same in every layer is only named', () => {
  assert.match(page, /## The same in every layer\n\n`same`\.\n$/)
  assert.match(page, /^Layers: 1, 2, 3, 4\.$/m)
})
