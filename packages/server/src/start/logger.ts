import { type Logger, pino } from 'pino'

/** Fields that must never be in a log, wherever they stand. */
const REDACTED = ['token', 'phoneCode', 'authKey', 'key', 'body', 'authorization']

/** The server's log: JSON lines on standard error. */
export function createLogger(level: string): Logger {
  const paths = REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino({ level, redact: { paths, censor: '[redacted]' } }, pino.destination(2))
}
