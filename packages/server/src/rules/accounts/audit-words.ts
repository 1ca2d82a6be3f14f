/** What happened at a login: who, what, when, from where; never a code, a password, a key or a token. */
export interface AuditEntry {
  readonly atMs: number
  /** `codeSent`, `signedIn` …; a TL method for what one has done; `refused`; `operator`. */
  readonly action: string
  /** Digits only. */
  readonly phone?: string | undefined
  readonly userId?: bigint | undefined
  readonly ip?: string | undefined
  readonly apiId?: number | undefined
  /** The refused method and its error, or what the operator did. */
  readonly detail?: string | undefined
}

/** An entry in its place. */
export type AuditEvent = AuditEntry & { readonly id: number }

/** Which entries are wanted. */
export interface AuditQuery {
  /** Digits only. */
  readonly phone?: string | undefined
  readonly userId?: bigint | undefined
  /** Those after this one; else the newest. */
  readonly afterId?: number | undefined
  readonly limit: number
}

/** The audit trail. What a write decides it notes itself; the rest comes by `note`. */
export interface AuditStore {
  /** Kept with the next write of anybody's, a second later at the latest; never waits. */
  note(entry: AuditEntry): void
  /** In the order they came. */
  list(query: AuditQuery): Promise<AuditEvent[]>
}
