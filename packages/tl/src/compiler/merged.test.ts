import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emitMerged, type InLayer } from './merged.ts'
import { emitPart, type Part } from './parts.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']

const statements = (bits: boolean) =>
  fc.subarray(NAMES).chain((names) =>
    fc.shuffledSubarray(names, { minLength: names.length }).map((shuffled) =>
      shuffled.map((name): Part => {
        const bit = bits ? { variable: 'f0', mask: String(2 ** NAMES.indexOf(name)) } : undefined
        return { kind: 'statement', code: `w.push("${name}")`, bit }
      }),
    ),
  )

/** A body with a flags field: statements in any order, each under its bit, or not. */
const bodies = fc.tuple(statements(false), statements(true), fc.boolean()).map(([before, under, isLast]) => {
  const terms = under.map((part) => {
    const mask = part.kind === 'statement' ? (part.bit?.mask ?? '') : ''
    return { test: `v.${NAMES[Math.log2(Number(mask))]}`, mask }
  })
  const flags: Part = { kind: 'flags', variable: 'f0', terms }
  const shown: Part = { kind: 'statement', code: 'w.push(f0)', bit: undefined }
  return isLast ? [...before, flags, shown, ...under] : [flags, shown, ...under, ...before]
})

const cases = fc
  .subarray(NAMES)
  .map((names): Part[] => [
    { kind: 'statement', code: 'const n=v.n', bit: undefined },
    ...names.map((name): Part => ({ kind: 'case', test: `n==="${name}"`, code: `w.push("${name}")` })),
    { kind: 'statement', code: 'w.push("none")', bit: undefined },
  ])

const ids = fc.constantFrom('1', '2', '3').map((id): Part[] => [{ kind: 'id', id }])

/** Bodies for some of the layers 131 to 138. */
const layers = <T>(one: fc.Arbitrary<T>) =>
  fc
    .tuple(fc.subarray([131, 132, 133, 134, 135, 136, 137, 138], { minLength: 1 }), fc.infiniteStream(one))
    .map(([numbers, drawn]) => numbers.map((layer) => [layer, drawn.next().value] as const))

function run(text: string, layer: number, v: unknown): unknown[] {
  const said: unknown[] = []
  const w = { push: (word: unknown) => said.push(word), int: (id: number) => said.push(id) }
  new Function('w', 'v', 'L', text)(w, v, layer)
  return said
}

function check(inLayers: readonly InLayer[], v: unknown): void {
  const merged = emitMerged(inLayers)
  for (const { layer, parts } of inLayers) {
    const own = parts.map(
      (part, at) => (at === 0 || parts[at - 1]?.kind === 'case' ? '' : ';') + emitPart(part),
    )
    assert.deepEqual(run(merged, layer, v), run(own.join(''), layer, v), `layer ${layer}: ${merged}`)
  }
}

const toBodies = (drawn: readonly (readonly [number, Part[]])[]) =>
  drawn.map(([layer, parts]) => ({ layer, parts }))

test('a merged body does in each layer what the body of that layer does', () => {
  const value = fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.boolean()])))
  fc.assert(fc.property(layers(bodies), value, (drawn, v) => check(toBodies(drawn), v)))
})

test('a merged choice takes the case of the layer', () => {
  const value = fc.record({ n: fc.constantFrom(...NAMES, 'g') })
  fc.assert(fc.property(layers(cases), value, (drawn, v) => check(toBodies(drawn), v)))
})

test('a merged body writes the id of the layer', () => {
  fc.assert(fc.property(layers(ids), (drawn) => check(toBodies(drawn), {})))
})
