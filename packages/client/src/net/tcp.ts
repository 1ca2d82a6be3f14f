import { connect, type Socket } from 'node:net'
import { closedOf, closeGently, writeInOneTurn } from './closing.ts'
import { readInTurns } from './read-in-turns.ts'
import type { Dial, Transport, TransportEvents } from './transport.ts'

/** Opens a TCP connection: the transport of Node. */
export const dialTcp: Dial = (address, events, signal, sockets) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.port, noDelay: true })
    sockets?.add(closedOf(socket))
    const onAbort = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', reject)
      resolve(transportOf(socket, events))
    })
    if (signal.aborted) onAbort()
  })

function transportOf(socket: Socket, events: TransportEvents): Transport {
  let cause: Error | undefined
  let ours = false
  socket.on('error', (error) => {
    cause = error
  })
  readInTurns(socket, (chunk) => {
    if (!ours) events.onBytes(chunk)
  })
  socket.on('close', () => {
    if (!ours) events.onClosed(cause)
  })
  return {
    send: (chunk) => writeInOneTurn(socket, chunk),
    close() {
      ours = true
      closeGently(socket)
    },
  }
}
