import { isFull } from '../effort.ts'

const LANGUAGES = ['TypeScript', 'command line', 'Lua'] as const

/**
 * The examples, each with whether it is this language's turn: in the full form always, otherwise for every third one, so that
 * each example runs in one language. That all languages make the same request of it, `encoded.test.ts` shows.
 */
export function inTurn<T>(
  examples: readonly T[],
  language: (typeof LANGUAGES)[number],
): readonly (readonly [example: T, isInTurn: boolean])[] {
  const turn = LANGUAGES.indexOf(language)
  return examples.map((example, at) => [example, isFull || at % LANGUAGES.length === turn])
}
