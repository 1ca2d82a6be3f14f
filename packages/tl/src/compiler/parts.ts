/** A bit of a variable with flags. */
export interface Bit {
  readonly variable: string
  readonly mask: string
}

/** A bit of a flags field, and the JavaScript that tells if it is set. */
export interface Term {
  readonly test: string
  readonly mask: string
}

/** A part of a function's body. The parts are data, so that the bodies of several layers can be merged. */
export type Part =
  /** Writes a constructor's id. */
  | { readonly kind: 'id'; readonly id: string }
  /** `bit`: the statement runs if this bit is set. */
  | { readonly kind: 'statement'; readonly code: string; readonly bit: Bit | undefined }
  | { readonly kind: 'flags'; readonly variable: string; readonly terms: readonly Term[] }
  /** Leaves the items of these constructors out of the vector `v`. */
  | { readonly kind: 'omit'; readonly tests: readonly string[] }
  /** An arm of a chain of comparisons; the part after the last one runs otherwise. */
  | { readonly kind: 'case'; readonly test: string; readonly code: string }

/** Prints a part as it is in one layer. */
export function emitPart(part: Part): string {
  switch (part.kind) {
    case 'id':
      return emitId(part.id)
    case 'statement':
      return part.bit === undefined ? part.code : `if(${emitBit(part.bit)})${part.code}`
    case 'flags':
      return emitFlags(part.variable, part.terms)
    case 'omit':
      return emitOmit(part.tests)
    case 'case':
      return `if(${part.test})${part.code};else `
  }
}

/** Prints the statement that writes an id, given as an expression. */
export function emitId(id: string): string {
  return `w.int(${id})`
}

/** Prints the statement that keeps the items for which no test of their constructor `n` is true. */
export function emitOmit(tests: readonly string[]): string {
  return `v=v.filter((x)=>{const n=x?._;return !(${tests.join('||')})})`
}

/** Prints the test of a bit. */
export function emitBit({ variable, mask }: Bit): string {
  return `${variable}&${mask}`
}

/** Prints the variable of a flags field. */
export function emitFlags(variable: string, terms: readonly Term[]): string {
  const bits = terms.map(({ test, mask }) => `(${test}?${mask}:0)`)
  return `const ${variable}=${bits.length === 0 ? '0' : bits.join('|')}`
}
