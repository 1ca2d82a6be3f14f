// Long form: every third layer; with --full every layer, and more values of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type * as api from '@cablegram/tl/api'
import { LAYER } from '@cablegram/tl/api'
import { decodeRequest, LAYERS, loadLayer, methodNameOfAnyLayer } from '@cablegram/tl/layers'
import fc from 'fast-check'
import { effort, sampled } from '../../../../test/effort.ts'
import { samenessOf } from '../compiler/sameness.ts'
import { typeName } from '../compiler/shape.ts'
import { LAYER_RULES } from '../layers/rules.ts'
import { SURFACE_METHODS, SURFACE_VALUES } from '../layers/surface.ts'
import type { Combinator, TypeExpr } from '../schema/index.ts'
import { generatedSchema, layerSchema } from './schemas.ts'
import { LEFT_OUT, LEFT_OUT_WHERE_HELD, NOT_UNDERSTOOD, replacedBy, Translated } from './translated.ts'
import { ValueMaker } from './values.ts'
import { Wire } from './wire.ts'

/** Few runs, because there are many layers and each run draws others; a failure prints its seed. */
const RUNS = { answers: effort(1, 1, 4), values: effort(1, 1, 3), requests: effort(1, 1, 2) }

const newest = generatedSchema('api')
const listed = new Set(
  SURFACE_VALUES.flatMap((name) => newest.types.get(name)?.map((one) => one.name) ?? [name]),
)

function sent(field: string): 'always' | 'never' | undefined {
  const rule = LAYER_RULES.toOlder[field]
  return rule !== undefined && 'sent' in rule ? rule.sent : undefined
}

/** The layers but the API's own; without `--full` the oldest, the last before it, and some between. */
const BEFORE = LAYERS.filter((layer) => layer !== LAYER)
const OLDER = [...new Set([...sampled(BEFORE, 8, 3), ...BEFORE.slice(-1)])]

for (const layer of OLDER) {
  const older = layerSchema(layer)
  const same = samenessOf(newest, older, listed)
  const isKnown = (name: string) =>
    older.constructors.has(name) ||
    (LEFT_OUT.has(name) && !LEFT_OUT_WHERE_HELD.test(name)) ||
    replacedBy(name, older) !== undefined ||
    // Such a value is left out, or a rule makes another of it.
    !older.types.has(typeName(newest.constructors.get(name) ?? assert.fail(name)))
  // Ids were ints until 132, and sizes of files until 142: only longs that fit can be written there.
  const longBits = layer < 143 ? 32 : 64
  const maker = new ValueMaker(newest, {
    isAllowed: ({ name }) => same.constructors.has(name) || (listed.has(name) && isKnown(name)),
    longBits,
    presence: sent,
  })
  const wire = new Wire(older)
  const translated = new Translated(newest, older)

  /** The bytes are those that the layer's schema alone gives the value that was read from them. */
  function checkBytes(type: TypeExpr, read: unknown, bytes: Uint8Array): void {
    // Constructors that are not on the surface may have newer `true` fields, whose bits an old client ignores.
    for (const name of wire.constructorsWithUnknownBits) assert.ok(!listed.has(name), name)
    if (wire.constructorsWithUnknownBits.size === 0) assert.deepEqual(wire.write(type, read), bytes)
  }

  test(`a client of layer ${layer} can read every answer of the surface`, async () => {
    const codec = await loadLayer(layer)
    for (const name of SURFACE_METHODS) {
      const now = newest.methods.get(name)
      assert.ok(now, name)
      if (now.result.kind === 'generic') continue
      if (!codec.canAnswer(name as 'users.getUsers')) {
        assert.throws(() => codec.encodeResult(name as 'users.getUsers', []), { code: 'TL_NOT_ON_SURFACE' })
        assert.ok(!older.methods.has(name), `${name} is a method of the layer`)
        continue
      }
      // Requests are known by their ids whatever the layer, so newer methods are also called in it.
      const then = older.methods.get(name) ?? now
      // Answers of another type have tests of their own.
      if (JSON.stringify(now.result) !== JSON.stringify(then.result)) continue
      // The server refuses what it has no answer for.
      if (!maker.canMake(now.result)) continue
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const result = maker.value(g, now.result)
          const bytes = codec.encodeResult(name as 'users.getUsers', result as api.User[])
          const read = wire.read(then.result, bytes)
          translated.check(read, result, name)
          checkBytes(then.result, read, bytes)
        }),
        { numRuns: RUNS.answers },
      )
    }
  })

  test(`a client of layer ${layer} can read every boxed value of the surface`, async () => {
    const codec = await loadLayer(layer)
    for (const combinator of newest.schema.constructors.filter(({ name }) => listed.has(name))) {
      const type = combinator.result
      if (type.kind !== 'boxed' || !older.constructors.has(combinator.name)) continue
      // Until 134 the user stood inside, which only the answer of users.getFullUser has.
      if (layer < 135 && combinator.name.endsWith('serFull')) continue
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const value = maker.combinator(g, combinator)
          const bytes = codec.encode(type.name as 'User', value as unknown as api.User)
          const read = wire.read(type, bytes)
          translated.check(read, value, combinator.name)
          checkBytes(type, read, bytes)
        }),
        { numRuns: RUNS.values },
      )
    }
  })

  test(`every method is known by its id in layer ${layer}`, () => {
    for (const { id, name } of older.schema.methods) assert.equal(methodNameOfAnyLayer(id), name)
  })

  test(`every request of the surface can be read from a client of layer ${layer}`, () => {
    const isUnderstood = ({ name, result }: Combinator) =>
      !NOT_UNDERSTOOD.has(name) && !(result.kind === 'boxed' && LAYER_RULES.onlyNewest.includes(result.name))
    const requests = new ValueMaker(older, { isAllowed: isUnderstood })
    for (const name of SURFACE_METHODS) {
      const then = older.methods.get(name)
      if (then === undefined) continue
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const request = requests.combinator(g, then)
          assert.deepEqual(decodeRequest(wire.writeObject(request)), translated.modern(request))
        }),
        { numRuns: RUNS.requests },
      )
    }
  })
}
