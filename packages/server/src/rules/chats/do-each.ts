/**
 * Does work one after the other: what fails keeps nothing that comes after it from being done.
 *
 * @throws the first failure, once all was tried
 */
export async function doEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
