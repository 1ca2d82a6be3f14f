import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCodec, TlReader, TlWriter } from '@cablegram/tl'
import type { LayerRules } from '../layers/rules.ts'
import { checkSchema, parseTl } from '../schema/index.ts'
import { emitJavaScript, emitLayerWriters, emitOlderReaders, shapeOf } from './index.ts'

const NEWEST = `
user flags:# id:long name:string photo:flags.0?string = User;
userEmpty id:long = User;
robot = User;
note text:string = Note;
config flags:# dc:int extra:flags.0?int = Config;
help.box inner:Note = help.Box;
pet owner_id:long colour:string = Pet;
cat lives:int = Pet;
push pet:Pet at:int = Push;
pushes pets:Vector<Pet> at:int = Push;
---functions---
getUsers ids:Vector<long> = Vector<User>;
getNote n:Note limit:int = Note;
getConfig = Config;
getBox = help.Box;
getPet owner_id:long = Pet;
getPush = Push;
getOk = Config;
`
const OLDER = `
user flags:# id:long name:string age:int old:flags.1?int = User;
userEmpty id:long = User;
note text:string lang:string = Note;
config flags:# dc:int extra:int = Config;
help.box inner:Note = help.Box;
pet flags:# owner_id:int colour:flags.0?int = Pet;
push pet:Pet at:int = Push;
pushes pets:Vector<Pet> at:int = Push;
---functions---
getUsers ids:Vector<long> = Vector<User>;
getNote n:Note = Note;
getConfig = Config;
getBox = Note;
getPet owner_id:int = Pet;
getPush = Push;
getOk = Bool;
`
const RULES: LayerRules = {
  toOlder: {
    'user.age': { value: 7 },
    'config.extra': { value: 9 },
    'note.lang': { value: 'en' },
    'pet.colour': { omit: true },
  },
  fromOlder: { 'getNote.limit': { value: 50 } },
  onlyNewest: [],
  standIns: {},
  readAs: {},
  absent: { robot: 'omit', cat: 'omit' },
  holding: {},
  emptied: {
    push: { field: 'pet', instead: 'pushes', fields: { pets: { value: [] }, at: { path: 'at' } } },
  },
  results: {
    getBox: { path: 'inner' },
    getOk: { value: true },
  },
}
const SURFACE = {
  methods: ['getUsers', 'getNote', 'getConfig', 'getBox', 'getPet', 'getPush', 'getOk'],
  values: ['User', 'Note', 'Config', 'help.Box', 'Pet', 'Push'],
}

/** Between the two: a form of its own of user and note, and the newest form of the rest. */
const MIDDLE = NEWEST.replace('user flags:# id:long name:string', 'user flags:# id:long name:string age:int')
  .replace('note text:string = Note', 'note text:string lang:string = Note')
  .replace('robot = User;', '')

const shape = (text: string, file: string) => shapeOf(checkSchema(parseTl(text, file)))
const [newest, older] = [shape(NEWEST, 'new.tl'), shape(OLDER, 'old.tl')]
const middle = shape(MIDDLE, 'middle.tl')

/** Runs a generated module with the given imports and returns its exports. */
function load(code: string, given: object): ReturnType<typeof JSON.parse> {
  const names = [...code.matchAll(/^export const (\w+|\{[^}]+\})/gm)].map(([, name]) =>
    name?.replace(/[{}]/g, ''),
  )
  const body = code.replace(/^import .*$/gm, '').replace(/^export /gm, '')
  return new Function(...Object.keys(given), `${body};return {${names.join(',')}}`)(...Object.values(given))
}

const api = load(emitJavaScript(newest.schema, 3), { createCodec })
const oldApi = load(emitJavaScript(older.schema, 1), { createCodec })

/** The bytes of an answer in one of the layers 1 and 2. */
function bytesIn(layer: number, method: string, value: unknown, rules: LayerRules = RULES): Uint8Array {
  const olders = [
    { layer: 1, shape: older },
    { layer: 2, shape: middle },
  ]
  const { answers } = load(emitLayerWriters(newest, olders, SURFACE, rules), { write: api.write })
  const rows: [number, unknown, string][] = answers()
  const row = rows.findLast(([since, , names]) => since <= layer && names.split(' ').includes(method))
  const write = row?.[1]
  if (typeof write !== 'function') return api.encodeResult(method, value)
  const writer = new TlWriter()
  write(writer, value, layer)
  return writer.take()
}

/** The answer as an old client reads it. */
function answer(method: string, value: unknown, rules: LayerRules = RULES): unknown {
  return oldApi.decodeResult(method, bytesIn(1, method, value, rules))
}

test('fields are dropped, kept and filled as the layer requires', () => {
  const user = { _: 'user', id: 1n, name: 'n', photo: 'p' }
  const expected = { _: 'user', id: 1n, name: 'n', age: 7, old: undefined }
  assert.deepEqual(answer('getUsers', [user, { _: 'userEmpty', id: 2n }]), [
    expected,
    { _: 'userEmpty', id: 2n },
  ])
})

test('a field that has become optional falls back to the rule', () => {
  assert.deepEqual(answer('getConfig', { _: 'config', dc: 1 }), { _: 'config', dc: 1, extra: 9 })
  assert.deepEqual(answer('getConfig', { _: 'config', dc: 1, extra: 3 }), { _: 'config', dc: 1, extra: 3 })
})

test('a constructor that the layer lacks is left out of vectors or refused', () => {
  const users = [{ _: 'robot' }, { _: 'userEmpty', id: 2n }]
  assert.deepEqual(answer('getUsers', users), [{ _: 'userEmpty', id: 2n }])
  const refuse: LayerRules = { ...RULES, absent: { ...RULES.absent, robot: 'refuse' } }
  assert.throws(() => answer('getUsers', users, refuse), { code: 'TL_VALUE' })
})

test('a rule can replace a constructor that the layer lacks', () => {
  const instead = { instead: 'userEmpty', fields: { id: { value: 0n } } }
  const rules: LayerRules = { ...RULES, absent: { ...RULES.absent, robot: instead } }
  assert.deepEqual(answer('getUsers', [{ _: 'robot' }], rules), [{ _: 'userEmpty', id: 0n }])
})

test('a rule can replace the container of a value that the layer lacks', () => {
  const push = (pet: object) => ({ _: 'push', pet, at: 5 })
  assert.deepEqual(answer('getPush', push({ _: 'cat', lives: 9 })), { _: 'pushes', pets: [], at: 5 })
  const pet = { _: 'pet', ownerId: 1n, colour: 'red' }
  const expected = { _: 'pet', ownerId: 1, colour: undefined }
  assert.deepEqual(answer('getPush', push(pet)), push(expected))
})

test('a long that was an int is written if it fits', () => {
  const pet = (ownerId: bigint) => answer('getPet', { _: 'pet', ownerId, colour: 'red' })
  assert.deepEqual(pet(-(2n ** 31n)), { _: 'pet', ownerId: -(2 ** 31), colour: undefined })
  assert.throws(() => pet(2n ** 31n), { code: 'TL_VALUE' })
})

test('a rule can fix the answer of a method whose type changed', () => {
  assert.equal(answer('getOk', { _: 'config', dc: 1 }), true)
})

test('a method that used to return a bare part of the answer returns that part', () => {
  const box = { _: 'help.box', inner: { _: 'note', text: 't' } }
  assert.deepEqual(answer('getBox', box), { _: 'note', text: 't', lang: 'en' })
})

test('a function that differs by layer stands once, and gives each layer its own form', () => {
  const middleApi = load(emitJavaScript(middle.schema, 2), { createCodec })
  const inMiddle = (method: string, value: unknown) =>
    middleApi.decodeResult(method, bytesIn(2, method, value))
  const user = { _: 'user', id: 1n, name: 'n', photo: 'p' }
  assert.deepEqual(inMiddle('getUsers', [user, { _: 'robot' }]), [{ ...user, age: 7 }])
  assert.deepEqual(answer('getUsers', [user, { _: 'robot' }]), [
    { _: 'user', id: 1n, name: 'n', age: 7, old: undefined },
  ])
  const pet = { _: 'pet', ownerId: 2n ** 40n, colour: 'red' }
  assert.deepEqual(inMiddle('getPet', pet), pet)
  const box = { _: 'help.box', inner: { _: 'note', text: 't' } }
  assert.deepEqual(inMiddle('getBox', box), { _: 'help.box', inner: { _: 'note', text: 't', lang: 'en' } })
  const olders = [
    { layer: 1, shape: older },
    { layer: 2, shape: middle },
  ]
  const names = emitLayerWriters(newest, olders, SURFACE, RULES).match(/^function \w+/gm) ?? []
  assert.deepEqual(names, [...new Set(names)])
})

test('an older request is read into the newest form', () => {
  const code = emitOlderReaders(newest, [older], SURFACE, RULES)
  const { requests, names } = load(code, { read: api.read })
  const bytes = oldApi.encodeRequest({ _: 'getNote', n: { _: 'note', text: 't', lang: 'fr' } })
  const reader = new TlReader(bytes)
  const request = requests.get(reader.uint())(reader)
  reader.end()
  assert.deepEqual(request, { _: 'getNote', n: { _: 'note', text: 't' }, limit: 50 })
  const idOf = (name: string) => older.methods.get(name)?.id
  assert.deepEqual(
    [...names],
    ['getNote', 'getBox', 'getPet', 'getOk'].map((name) => [idOf(name), name]),
  )
  const petReader = new TlReader(oldApi.encodeRequest({ _: 'getPet', ownerId: -7 }))
  assert.deepEqual(requests.get(petReader.uint())(petReader), { _: 'getPet', ownerId: -7n })
  // A parameter in its current form inside the older request.
  const mixed = new TlReader(new Uint8Array([...bytes.subarray(0, 4), ...api.encode('Note', request.n)]))
  assert.deepEqual(requests.get(mixed.uint())(mixed), request)
})

test('a type that is read only in its newest form rejects older forms', () => {
  const { requests } = load(emitOlderReaders(newest, [older], SURFACE, { ...RULES, onlyNewest: ['Note'] }), {
    read: api.read,
  })
  const bytes = oldApi.encodeRequest({ _: 'getNote', n: { _: 'note', text: 't', lang: 'fr' } })
  const reader = new TlReader(bytes)
  assert.throws(() => requests.get(reader.uint())(reader), { name: 'DecodeError' })
  const note = { _: 'note', text: 't' }
  const mixed = new TlReader(new Uint8Array([...bytes.subarray(0, 4), ...api.encode('Note', note)]))
  assert.deepEqual(requests.get(mixed.uint())(mixed), { _: 'getNote', n: note, limit: 50 })
})

test('generation stops at the place that lacks a rule', () => {
  const lacking = (change: Partial<LayerRules>) => () =>
    emitLayerWriters(newest, [{ layer: 1, shape: older }], SURFACE, { ...RULES, ...change })
  const failure = (message: RegExp, line: number) => ({ name: 'SchemaError', file: 'old.tl', line, message })
  assert.throws(
    lacking({ toOlder: { ...RULES.toOlder, 'user.age': undefined as never } }),
    failure(/user\.age/, 2),
  )
  assert.throws(lacking({ absent: {} }), failure(/robot is on the surface/, 2))
  assert.throws(lacking({ results: {} }), failure(/getBox answers another type/, 14))
  const readers = () => emitOlderReaders(newest, [older], SURFACE, { ...RULES, fromOlder: {} })
  assert.throws(readers, failure(/getNote\.limit/, 12))
  const nowhere = { ...RULES.absent, robot: { instead: 'android', fields: {} } }
  assert.throws(lacking({ absent: nowhere }), failure(/robot is on the surface/, 2))
  const surface = { ...SURFACE, values: SURFACE.values.filter((name) => name !== 'Pet') }
  const unsaid = () => emitLayerWriters(newest, [{ layer: 1, shape: older }], surface, RULES)
  assert.throws(unsaid, failure(/push\.pet is of a type that is not on the surface/, 8))
})
