/** An iterator that is made when it is first asked: so its module is loaded only by programs that use it. */
export async function* later<Item>(
  make: () => Promise<AsyncGenerator<Item, void, undefined>>,
): AsyncGenerator<Item, void, undefined> {
  yield* await make()
}
