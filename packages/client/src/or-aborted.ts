/** The promise's outcome, or the reason of the first signal that aborts before. The promise itself goes on unheard. */
export async function orAborted<Result>(
  promise: Promise<Result>,
  signals: readonly (AbortSignal | undefined)[],
): Promise<Result> {
  const listening = signals.filter((signal) => signal !== undefined)
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(listening.find((signal) => signal.aborted)?.reason)
  })
  for (const signal of listening) signal.addEventListener('abort', onAbort, { once: true })
  if (listening.some((signal) => signal.aborted)) onAbort()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    for (const signal of listening) signal.removeEventListener('abort', onAbort)
  }
}
