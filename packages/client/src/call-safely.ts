/**
 * Calls a program's own function from inside ours: what it throws, or rejects with, goes to `onError` and no further. It
 * runs at once, an async one up to its first await.
 */
export function callSafely(call: () => unknown, onError: (error: unknown) => void): void {
  new Promise((resolve) => resolve(call())).catch(onError)
}
