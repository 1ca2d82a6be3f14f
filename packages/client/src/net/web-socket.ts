import type { Dial, Transport, TransportEvents } from './transport.ts'
import { webSocketUrl } from './urls.ts'

/** Opens a WebSocket with what the runtime brings, a browser as well as Node: its messages are one stream of bytes. */
export const dialWebSocket: Dial = (address, events, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = new WebSocket(webSocketUrl(address), 'binary')
    socket.binaryType = 'arraybuffer'
    const onAbort = () => {
      reject(signal.reason)
      socket.close()
    }
    // Browsers do not say what is wrong.
    const onError = (event: Event) => reject('error' in event ? event.error : new Error('no WebSocket'))
    signal.addEventListener('abort', onAbort, { once: true })
    socket.addEventListener('error', onError, { once: true })
    socket.addEventListener(
      'open',
      () => {
        signal.removeEventListener('abort', onAbort)
        socket.removeEventListener('error', onError)
        resolve(transportOf(socket, events))
      },
      { once: true },
    )
  })

function transportOf(socket: WebSocket, events: TransportEvents): Transport {
  let cause: Error | undefined
  let isOurs = false
  socket.addEventListener('error', (event) => {
    if ('error' in event && event.error instanceof Error) cause = event.error
  })
  socket.addEventListener('message', ({ data }) => {
    if (!isOurs && data instanceof ArrayBuffer) events.onBytes(new Uint8Array(data))
  })
  socket.addEventListener('close', () => {
    if (!isOurs) events.onClosed(cause)
  })
  return {
    // No memory here is shared between threads, which is all that the type leaves open.
    send: (chunk) => socket.send(chunk as Uint8Array<ArrayBuffer>),
    close() {
      isOurs = true
      // Data sent before goes out first.
      socket.close()
    },
  }
}
