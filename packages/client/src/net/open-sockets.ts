/** Sockets of a client, each until the system has closed it: those that are being opened, and those given up, too. */
export class OpenSockets {
  readonly #closings = new Set<Promise<void>>()

  /** @param closed resolves when the system has nothing left of the socket */
  add(closed: Promise<void>): void {
    this.#closings.add(closed)
    void closed.then(() => this.#closings.delete(closed))
  }

  /** Resolves when all are closed; closes none itself. */
  async allClosed(): Promise<void> {
    while (this.#closings.size > 0) await Promise.all(this.#closings)
  }
}
