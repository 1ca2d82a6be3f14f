/** A question as the form shows it. */
export interface Screen {
  /** While it stays the same, typed text and the focus stay. */
  readonly key: string
  readonly title: string
  readonly text: readonly string[]
  /** The content of a QR code. */
  readonly qr?: string | undefined
  readonly fields: readonly Field[]
  /** Undefined where there is nothing to send. */
  readonly submit?: { readonly label: string; readonly run: (values: Values) => Promise<unknown> } | undefined
  readonly links: readonly Link[]
  /** The problem with the last answer. */
  readonly problem: string
}

/** The typed texts, by the names of their fields. */
export type Values = Readonly<Record<string, string>>

/** A field to type in. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type: 'tel' | 'text' | 'email' | 'password'
  /** The token of HTML's attribute: what browsers and password managers may fill in. */
  readonly autocomplete: string
  readonly hint?: string | undefined
  readonly isNumeric?: boolean
  readonly isOptional?: boolean
}

/** Something else than an answer. */
export interface Link {
  readonly label: string
  readonly run: () => Promise<unknown> | undefined
  /** Not before this time, by the clock of this machine. */
  readonly fromMs?: number | undefined
}
