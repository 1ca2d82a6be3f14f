import { isFull } from '../effort.ts'

const LANGUAGES = ['command line', 'Lua'] as const

/**
 * The examples, each with whether it is this language's turn: in the full form always, otherwise for every second one, so that
 * the command line and Lua share them. In TypeScript all of them run.
 */
export function inTurn<T>(
  examples: readonly T[],
  language: (typeof LANGUAGES)[number],
): readonly (readonly [example: T, isInTurn: boolean])[] {
  const turn = LANGUAGES.indexOf(language)
  return examples.map((example, at) => [example, isFull || at % LANGUAGES.length === turn])
}
