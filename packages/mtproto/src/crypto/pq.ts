import { ProtocolError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { bigIntToBytes, bytesToBigInt } from './bytes.ts'

/** The numbers of resPQ: p < q, each in as few big-endian bytes as hold it. */
export interface PqFactors {
  readonly p: Uint8Array
  readonly q: Uint8Array
}

/** Square forms of k·n find different factors at different times; the multipliers take turns. */
const MULTIPLIERS = [1, 3, 5, 7, 11, 15, 21, 33, 35, 55, 77, 105, 165, 231, 385, 1155] as const
const ROUND_STEPS = 4096

/**
 * Splits the server's pq, below 2^63, in about a millisecond.
 *
 * @throws ProtocolError PQ_INVALID where it is no product of two factors, in bounded time
 */
export function factorPq(pq: Uint8Array): PqFactors {
  const n = pq.length > 8 ? 0n : bytesToBigInt(pq)
  if (n < 4n || n >> 63n !== 0n) throw pqInvalid()
  const factor = smallFactor(n) ?? squareFactor(n) ?? (isPrime64(n) ? undefined : raceSquareForms(n))
  if (factor === undefined) throw pqInvalid()
  const other = n / factor
  const [p, q] = factor < other ? [factor, other] : [other, factor]
  return { p: bigIntToBytes(p), q: bigIntToBytes(q) }
}

function pqInvalid(): ProtocolError {
  return new ProtocolError('PQ_INVALID', 'pq is not the product of two primes')
}

/** Two different primes of 31 bits and their product, for a server's resPQ. */
export function makePq(random: Random): PqFactors & { readonly pq: Uint8Array } {
  const first = randomPrime31(random)
  let second = first
  while (second === first) second = randomPrime31(random)
  const [p, q] = first < second ? [first, second] : [second, first]
  return { p: bigIntToBytes(p), q: bigIntToBytes(q), pq: bigIntToBytes(p * q) }
}

function randomPrime31(random: Random): bigint {
  for (;;) {
    const candidate = (bytesToBigInt(random(4)) & 0x7fffffffn) | 0x40000001n
    if (smallFactor(candidate) === undefined && isPrime64(candidate)) return candidate
  }
}

const SMALL_PRIMES = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
]

function smallFactor(n: bigint): bigint | undefined {
  for (const small of SMALL_PRIMES) {
    const prime = BigInt(small)
    if (n % prime === 0n && n !== prime) return prime
  }
  return undefined
}

function squareFactor(n: bigint): bigint | undefined {
  const root = bigSqrt(n)
  return root * root === n ? root : undefined
}

/** floor(√n) for n < 2^76: the double is off by one at most. */
function bigSqrt(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))))
  while (root * root > n) root--
  while ((root + 1n) * (root + 1n) <= n) root++
  return root
}

/** Miller-Rabin with the bases that make it exact below 2^64. */
function isPrime64(n: bigint): boolean {
  let odd = n - 1n
  let twos = 0
  while ((odd & 1n) === 0n) {
    odd >>= 1n
    twos++
  }
  return SMALL_PRIMES.slice(0, 12).every((base) => {
    if (n % BigInt(base) === 0n) return n === BigInt(base)
    let x = 1n
    let square = BigInt(base) % n
    for (let rest = odd; rest > 0n; rest >>= 1n) {
      if (rest & 1n) x = (x * square) % n
      square = (square * square) % n
    }
    if (x === 1n || x === n - 1n) return true
    for (let i = 1; i < twos; i++) {
      x = (x * x) % n
      if (x === n - 1n) return true
    }
    return false
  })
}

/** Shanks's square forms factorization, one form per multiplier, stepped in turns until one ends. */
function raceSquareForms(n: bigint): bigint | undefined {
  const forms = MULTIPLIERS.map((k) => makeSquareForm(n, k))
  // A form of k·n has a period of about (k·n)^¼; ten times the longest is far beyond what any composite needs.
  const maxSteps = 10 * Math.ceil((Number(n) * 1155) ** 0.25) + ROUND_STEPS
  for (let steps = 0; steps < maxSteps; steps += ROUND_STEPS) {
    for (const form of forms) {
      const factor = stepSquareForm(form, n)
      if (factor !== undefined) return factor
    }
  }
  return undefined
}

interface SquareForm {
  readonly root: number
  readonly kn: bigint
  /** The form (previousQ, p, q); every number is below 2·√(kn) < 2^38, so doubles are exact. */
  p: number
  q: number
  previousQ: number
  ended: boolean
}

function makeSquareForm(n: bigint, multiplier: number): SquareForm {
  const kn = n * BigInt(multiplier)
  const root = bigSqrt(kn)
  const q = Number(kn - root * root)
  // k·n is a square: n shares a factor with k, which smallFactor has excluded.
  return { root: Number(root), kn, p: Number(root), q, previousQ: 1, ended: q === 0 }
}

/** An even number of steps along the cycle; every second form may have a square to fold the cycle at. */
function stepSquareForm(form: SquareForm, n: bigint): bigint | undefined {
  if (form.ended) return undefined
  const { root } = form
  let { p, q, previousQ } = form
  for (let i = 0; i < ROUND_STEPS; i += 2) {
    let b = Math.floor((root + p) / q)
    let nextP = b * q - p
    let nextQ = previousQ + b * (p - nextP)
    previousQ = q
    q = nextQ
    p = nextP
    const squareRoot = Math.sqrt(q)
    if (squareRoot === Math.floor(squareRoot)) {
      const factor = foldAt(form, p, squareRoot, n)
      if (factor !== undefined) return factor
    }
    b = Math.floor((root + p) / q)
    nextP = b * q - p
    nextQ = previousQ + b * (p - nextP)
    previousQ = q
    q = nextQ
    p = nextP
    if (q === 1) {
      // Back at the start of the cycle without a proper square.
      form.ended = true
      return undefined
    }
  }
  form.p = p
  form.q = q
  form.previousQ = previousQ
  return undefined
}

/** From the square form's root back to the symmetry point, half as far; there q divides kn. */
function foldAt(form: SquareForm, squareP: number, squareRoot: number, n: bigint): bigint | undefined {
  const { root, kn } = form
  let p = squareP + squareRoot * Math.floor((root - squareP) / squareRoot)
  let previousQ = squareRoot
  let q = Number((kn - BigInt(p) * BigInt(p)) / BigInt(squareRoot))
  for (;;) {
    const b = Math.floor((root + p) / q)
    const nextP = b * q - p
    if (nextP === p) break
    const nextQ = previousQ + b * (p - nextP)
    previousQ = q
    q = nextQ
    p = nextP
  }
  const factor = greatestCommonDivisor(n, BigInt(q))
  return factor > 1n && factor < n ? factor : undefined
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y > 0n) [x, y] = [y, x % y]
  return x
}
