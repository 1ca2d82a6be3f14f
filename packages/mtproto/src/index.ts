export * from './client-machine.ts'
export { type BindMessage, decryptBindMessage, pack } from './envelope/index.ts'
export * from './errors.ts'
export { computeExchange, makeShortServerDh, type ServerDh } from './exchange/index.ts'
export {
  type DetectedKind,
  decodeProxySecret,
  detectTransport,
  encodeMaskedWebSocketFrame,
  encodeWebSocketHead,
  WEB_SOCKET_CLOSE,
  type WebSocketEvent,
  type WebSocketFrameKind,
  WebSocketReader,
  type WebSocketReaderSetup,
} from './framing/index.ts'
export * from './machine.ts'
export * from './options.ts'
export * from './server-machine.ts'
