import type { Memory } from './memory.ts'

/** The app whose credentials the samples have. */
export interface SampleApp {
  readonly apiId: number
  readonly apiHash: string
}

/** Texts by the names of fields. Test numbers 99966XYYYY have the code XXXXX. */
const TEXTS: Readonly<Record<string, string>> = {
  phone_number: '+9996621234',
  phone_code: '22222',
  first_name: 'Ada',
  email: 'ada@example.org',
  lang_code: 'en',
  lang_pack: '',
  code: '22222',
  message: 'Hello',
  password: 'correct horse',
  limit: '20',
}

/** A text to begin with: one that this tab remembers, one that fits the name, or nothing of its type. */
export function sampleOf(field: string, type: string, app: SampleApp, memory: Memory): string {
  const known = memory[field] ?? TEXTS[field]
  if (field === 'api_id') return String(app.apiId)
  if (field === 'api_hash') return app.apiHash
  if (field === 'random_id') return String(crypto.getRandomValues(new BigInt64Array(1))[0])
  if (known !== undefined) return known
  return type === 'int' || type === 'long' || type === 'double' ? '0' : ''
}
