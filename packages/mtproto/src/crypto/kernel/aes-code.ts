import {
  add,
  and,
  type Code,
  constant,
  type FunctionSource,
  type Local,
  lessThan,
  load,
  loadByte,
  local,
  locals,
  or,
  repeatWhile,
  rotr,
  shl,
  shr,
  store,
  storeXor64,
  subtract,
  swapBytes,
  xor,
} from './assembler.ts'
import { LAYOUT } from './layout.ts'

const ROUNDS = 14
const ROUND_KEY_WORDS = 4 * (ROUNDS + 1)
const ZERO = constant(0)

/** One direction of the cipher: words are columns, a column's first byte is the lowest. */
interface Direction {
  readonly tables: number
  readonly box: number
  /** ShiftRows: how many columns further row 1 comes from. */
  readonly step: 1 | 3
}

const ENCRYPT: Direction = { tables: LAYOUT.encryptTables, box: LAYOUT.sBox, step: 1 }
const DECRYPT: Direction = { tables: LAYOUT.decryptTables, box: LAYOUT.inverseSBox, step: 3 }

/** The AES part of the kernel. */
export const AES_FUNCTIONS: readonly FunctionSource[] = [
  { name: 'expandEncrypt', parameters: 0, locals: 0, body: expandKey(LAYOUT.roundKeys) },
  {
    name: 'expandDecrypt',
    parameters: 0,
    locals: 2,
    body: [...expandKey(LAYOUT.expandedKey), ...invertKeys()],
  },
  { name: 'igeEncrypt', parameters: 2, locals: 20, body: ige(ENCRYPT) },
  { name: 'igeDecrypt', parameters: 2, locals: 20, body: ige(DECRYPT) },
  { name: 'ctrBlocks', parameters: 3, locals: 12, body: ctr() },
  { name: 'xorBlocks', parameters: 4, locals: 0, body: xorBlocks() },
]

/** The key schedule of AES-256, written out. */
function expandKey(to: number): Code {
  const code: number[] = []
  let roundConstant = 1
  for (let i = 0; i < ROUND_KEY_WORDS; i++) {
    let word = load(ZERO, i < 8 ? LAYOUT.aesKey + i * 4 : to + (i - 1) * 4)
    if (i >= 8) {
      if (i % 8 === 0) {
        word = xor(rotr(substitute(to + (i - 1) * 4), 8), constant(roundConstant))
        roundConstant <<= 1
      } else if (i % 8 === 4) {
        word = substitute(to + (i - 1) * 4)
      }
      word = xor(load(ZERO, to + (i - 8) * 4), word)
    }
    code.push(...store(ZERO, to + i * 4, word))
  }
  return code
}

/** The word at a fixed address with every byte through the S-box. */
function substitute(address: number): Code {
  const byte = (row: number) => shl(loadByte(loadByte(ZERO, address + row), LAYOUT.sBox), row * 8)
  return or(or(byte(0), byte(1)), or(byte(2), byte(3)))
}

/** Round keys backwards, those between the first and the last through InvMixColumns. */
function invertKeys(): Code {
  const [at, word] = [local(0), local(1)]
  const copyRound = (from: number, to: number) =>
    [0, 4, 8, 12].flatMap((i) =>
      store(ZERO, LAYOUT.roundKeys + to * 16 + i, load(ZERO, LAYOUT.expandedKey + from * 16 + i)),
    )
  // Td[S[x]] is InvMixColumns of x alone: the inverse S-box in the table undoes the S-box.
  const mixed = (row: number) =>
    load(shl(loadByte(rowOf(word.get, row), LAYOUT.sBox), 2), LAYOUT.decryptTables + row * 0x400)
  const mixRound = (round: number) =>
    [0, 4, 8, 12].flatMap((i) => [
      ...word.set(load(at.get, LAYOUT.expandedKey + i)),
      ...store(
        // `at` walks up the expanded key, its mirror image down the round keys.
        subtract(constant(round), at.get),
        LAYOUT.roundKeys + i,
        xor(mixed(0), mixed(1), mixed(2), mixed(3)),
      ),
    ])
  return [
    ...copyRound(0, ROUNDS),
    ...copyRound(ROUNDS, 0),
    ...at.set(constant(16)),
    ...repeatWhile(lessThan(at.get, constant(ROUNDS * 16)), [
      ...mixRound(ROUNDS * 16),
      ...at.set(add(at.get, constant(16))),
    ]),
  ]
}

/** Row `row` of a column, as a number. */
function rowOf(word: Code, row: number): Code {
  if (row === 0) return and(word, constant(0xff))
  return row === 3 ? shr(word, 24) : and(shr(word, row * 8), constant(0xff))
}

/** Row `row` of a column, times four: an offset into a table of words. */
function tableOffset(word: Code, row: number): Code {
  const scaled = row === 0 ? shl(word, 2) : shr(word, row * 8 - 2)
  return and(scaled, constant(0x3fc))
}

/**
 * IGE over the blocks from the first parameter up to the second, in place:
 * y = cipher(x ^ previous y) ^ previous x. The state in memory is (previous ciphertext, previous plaintext) and is
 * left for the blocks that follow.
 */
function ige(direction: Direction): Code {
  const [at, end] = [local(0), local(1)]
  const lastX = locals(2, 4)
  const lastY = locals(6, 4)
  const x = locals(10, 4)
  const state = locals(14, 4)
  const next = locals(18, 4)
  const isEncrypting = direction === ENCRYPT
  const [ciphertext, plaintext] = isEncrypting ? [lastY, lastX] : [lastX, lastY]
  const each = (code: (i: number) => Code) => [0, 1, 2, 3].flatMap(code)
  return [
    ...each((i) => pick(ciphertext, i).set(load(ZERO, LAYOUT.igeState + i * 4))),
    ...each((i) => pick(plaintext, i).set(load(ZERO, LAYOUT.igeState + 16 + i * 4))),
    ...repeatWhile(lessThan(at.get, end.get), [
      ...each((i) => pick(x, i).set(load(at.get, i * 4))),
      ...each((i) => pick(state, i).set(xor(pick(x, i).get, pick(lastY, i).get, roundKey(0, i)))),
      ...cipherRounds(direction, state, next),
      ...each((i) => pick(lastY, i).set(xor(pick(state, i).get, pick(lastX, i).get))),
      ...each((i) => pick(lastX, i).set(pick(x, i).get)),
      ...each((i) => store(at.get, i * 4, pick(lastY, i).get)),
      ...at.set(add(at.get, constant(16))),
    ]),
    ...each((i) => store(ZERO, LAYOUT.igeState + i * 4, pick(ciphertext, i).get)),
    ...each((i) => store(ZERO, LAYOUT.igeState + 16 + i * 4, pick(plaintext, i).get)),
  ]
}

/**
 * CTR over the blocks from the first parameter up to the second, in place. The third parameter is the last word of the
 * counter, as a number; the caller stops where it would pass 2^32, because the other words stay as they are.
 */
function ctr(): Code {
  const [at, end, count] = [local(0), local(1), local(2)]
  const first = locals(3, 3)
  const state = locals(6, 4)
  const next = locals(10, 4)
  const t = local(14)
  const each = (code: (i: number) => Code, words = 4) => [0, 1, 2, 3].slice(0, words).flatMap(code)
  return [
    ...each((i) => pick(first, i).set(xor(load(ZERO, LAYOUT.counter + i * 4), roundKey(0, i))), 3),
    ...repeatWhile(lessThan(at.get, end.get), [
      ...each((i) => pick(state, i).set(pick(first, i).get), 3),
      ...pick(state, 3).set(xor(swapBytes(count.get, t), roundKey(0, 3))),
      ...cipherRounds(ENCRYPT, state, next),
      ...each((i) => store(at.get, i * 4, xor(load(at.get, i * 4), pick(state, i).get))),
      ...at.set(add(at.get, constant(16))),
      ...count.set(add(count.get, constant(1))),
    ]),
  ]
}

/** Blocks from the first parameter up to the second: those at the third, xored with those at the fourth. */
function xorBlocks(): Code {
  const [at, end, one, other] = [local(0), local(1), local(2), local(3)]
  return repeatWhile(lessThan(at.get, end.get), [
    ...[0, 8].flatMap((i) => storeXor64(at.get, one.get, other.get, i)),
    ...[at, one, other].flatMap((address) => address.set(add(address.get, constant(16)))),
  ])
}

/** All rounds but the first key addition; the result ends in `state`. */
function cipherRounds(
  { tables, box, step }: Direction,
  state: readonly Local[],
  next: readonly Local[],
): Code {
  const code: number[] = []
  let [from, to] = [state, next]
  for (let round = 1; round <= ROUNDS; round++) {
    const isLast = round === ROUNDS
    for (let column = 0; column < 4; column++) {
      const parts = [0, 1, 2, 3].map((row) => {
        const word = pick(from, (column + row * step) % 4).get
        return isLast
          ? shl(loadByte(rowOf(word, row), box), row * 8)
          : load(tableOffset(word, row), tables + row * 0x400)
      })
      code.push(...pick(to, column).set(xor(roundKey(round, column), ...parts)))
    }
    ;[from, to] = [to, from]
  }
  return code
}

function roundKey(round: number, column: number): Code {
  return load(ZERO, LAYOUT.roundKeys + round * 16 + column * 4)
}

function pick(group: readonly Local[], index: number): Local {
  return group[index] ?? local(0)
}
