import {
  add,
  and,
  type Code,
  constant,
  type FunctionSource,
  type Local,
  lessThan,
  load,
  local,
  locals,
  repeatWhile,
  rotr,
  shr,
  store,
  sum,
  swapBytes,
  xor,
} from './assembler.ts'
import { LAYOUT } from './layout.ts'

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = firstPrimes(64).map((prime) => fraction(Math.cbrt(prime)))

/** The SHA-256 part of the kernel: hashes the blocks from the first parameter up to the second into the state. */
export const SHA256_FUNCTION: FunctionSource = {
  name: 'hashBlocks',
  parameters: 2,
  locals: 25,
  body: hashBlocks(),
}

function hashBlocks(): Code {
  const [at, end] = [local(0), local(1)]
  const words = locals(2, 16)
  const registers = locals(18, 8)
  const t = local(26)
  const stateAddress = (i: number) => LAYOUT.hashState + i * 4
  const rounds: number[] = []
  for (let round = 0; round < 64; round++) {
    // The registers move one place a round: it is their names that move.
    const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, i) =>
      pick(registers, (i - round) & 7),
    ) as Eight
    const word = (ahead: number) => pick(words, (round + ahead) & 15)
    if (round < 16) rounds.push(...word(0).set(swapBytes(load(at.get, round * 4), t)))
    else
      rounds.push(
        ...word(0).set(sum(word(0).get, smallSigma0(word(1).get), word(9).get, smallSigma1(word(14).get))),
      )
    rounds.push(
      ...h.set(
        sum(
          h.get,
          xor(rotr(e.get, 6), rotr(e.get, 11), rotr(e.get, 25)),
          xor(g.get, and(e.get, xor(f.get, g.get))),
          constant(ROUND_CONSTANTS[round] ?? 0),
          word(0).get,
        ),
      ),
      ...d.set(add(d.get, h.get)),
      ...h.set(
        sum(
          h.get,
          xor(rotr(a.get, 2), rotr(a.get, 13), rotr(a.get, 22)),
          xor(and(xor(a.get, b.get), xor(b.get, c.get)), b.get),
        ),
      ),
    )
  }
  return repeatWhile(lessThan(at.get, end.get), [
    ...registers.flatMap((register, i) => register.set(load(constant(0), stateAddress(i)))),
    ...rounds,
    ...registers.flatMap((register, i) =>
      store(constant(0), stateAddress(i), add(load(constant(0), stateAddress(i)), register.get)),
    ),
    ...at.set(add(at.get, constant(64))),
  ])
}

type Eight = [Local, Local, Local, Local, Local, Local, Local, Local]

function smallSigma0(word: Code): Code {
  return xor(rotr(word, 7), rotr(word, 18), shr(word, 3))
}

function smallSigma1(word: Code): Code {
  return xor(rotr(word, 17), rotr(word, 19), shr(word, 10))
}

function pick(group: readonly Local[], index: number): Local {
  return group[index] ?? local(0)
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) | 0
}
