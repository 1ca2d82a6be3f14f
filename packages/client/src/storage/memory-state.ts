import { applyChanges, type StateStorage } from './state.ts'

/** State that is kept in memory only, for sessions that have no other. */
export function memoryState(): StateStorage {
  const texts = new Map<string, string>()
  return {
    name: 'the state in memory',
    open: () => Promise.resolve(),
    get: (key) => Promise.resolve(texts.get(key)),
    write(changes) {
      applyChanges(texts, changes)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}
