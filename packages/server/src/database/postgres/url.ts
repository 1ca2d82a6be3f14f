import { UsageError } from '@cablegram/tl'

const FORM = 'postgres://USER:PASSWORD@HOST:5432/DATABASE'
/** A password with such a character is the usual reason. */
const ENCODED = 'write / # ? @ and % in a password as %2F %23 %3F %40 and %25'

/**
 * Checks the address of a database.
 *
 * @returns the address without the password, for messages
 * @throws {UsageError} POSTGRES_URL_INVALID
 */
export function checkUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol))
    throw invalid(`the address of a PostgreSQL database has the form ${FORM}; ${ENCODED}`)
  if (parsed.pathname.length < 2) throw invalid(`the address names no database: write ${FORM}`)
  const user = parsed.username === '' ? '' : `${parsed.username}@`
  return `${parsed.protocol}//${user}${parsed.host}${parsed.pathname}`
}

function invalid(sentence: string): UsageError {
  return new UsageError('POSTGRES_URL_INVALID', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`)
}
