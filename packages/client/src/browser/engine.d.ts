/** A part of V8's interface, which not every browser has. */
interface ErrorConstructor {
  captureStackTrace?(error: object, below?: unknown): void
}
