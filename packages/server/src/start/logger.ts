import { type Logger, pino } from 'pino'

/** What must never be in a log, wherever it stands in what is logged. */
const REDACTED = ['token', 'phoneCode', 'authKey', 'key', 'body', 'authorization']

/** The server's log: JSON lines on standard error. */
export function createLogger(level: string): Logger {
  const paths = REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino({ level, redact: { paths, censor: '[redacted]' } }, pino.destination(2))
}
