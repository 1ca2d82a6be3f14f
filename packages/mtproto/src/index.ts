export * from './client-machine.ts'
export {
  type BindMessage,
  bodyBytes,
  computeCipher,
  decryptBindMessage,
  pack,
} from './envelope/index.ts'
export * from './errors.ts'
export { computeExchange, makeShortServerDh, type ServerDh } from './exchange/index.ts'
export {
  CHANGE_CIPHER_SPEC,
  checkFakeHello,
  clientHelloLength,
  type DetectedKind,
  decodeProxySecret,
  detectTransport,
  encodeMaskedWebSocketFrame,
  encodeTlsRecords,
  encodeWebSocketHead,
  type FakeTlsSetup,
  makeFakeAnswer,
  makeFakeHello,
  type ProxySecret,
  parseProxySecret,
  readFakeAnswer,
  TlsRecordReader,
  WEB_SOCKET_CLOSE,
  type WebSocketEvent,
  type WebSocketFrameKind,
  WebSocketReader,
  type WebSocketReaderSetup,
} from './framing/index.ts'
export * from './machine.ts'
export * from './options.ts'
export * from './server-machine.ts'
