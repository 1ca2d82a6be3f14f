import { type Route, route } from '../route.ts'
import { failing, health, serverInfo } from '../schemas.ts'
import { storeTrouble } from '../store-trouble.ts'

function clockOff(skewMs: number) {
  return {
    code: 'CLOCK_SKEW',
    message: `The clock of this machine is ${Math.abs(skewMs)} ms ${skewMs > 0 ? 'ahead of' : 'behind'} that of the database.`,
    next: 'Set the clocks of both machines by NTP; the server goes on by itself.',
  }
}

/** The server's description and its health. */
export const serverRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/server.json',
    summary: 'The addresses, public keys and apps of the server; a client needs nothing else',
    answers: { 200: serverInfo },
    run: async ({ on }) => ({ status: 200, body: await on.info() }),
  }),
  route({
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the server can do its work',
    answers: { 200: health, 503: failing },
    async run({ on }) {
      const trouble = storeTrouble(await on.store.trouble())
      if (trouble !== undefined) return { status: 503, body: { status: 'failing', ...trouble } }
      const nodes = on.nodes()
      if (nodes === undefined) return { status: 200, body: { status: 'ok' } }
      const { isClockOff, ...state } = nodes
      if (!isClockOff) return { status: 200, body: { status: 'ok', ...state } }
      return { status: 503, body: { status: 'failing', ...clockOff(state.clockSkewMs) } }
    },
  }),
]
