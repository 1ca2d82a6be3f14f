export {
  type ClientFramingSetup,
  chooseFraming,
  makeClientFraming,
} from './client-framing.ts'
export { MAX_FRAME_BYTES } from './codecs.ts'
export { type DetectedKind, detectTransport } from './detect.ts'
export {
  checkFakeHello,
  clientHelloLength,
  type FakeTlsSetup,
  makeFakeAnswer,
  makeFakeHello,
  readFakeAnswer,
} from './fake-tls.ts'
export {
  encodeTransportError,
  type Frame,
  type FrameDecoder,
  type Framing,
  type TransportKind,
} from './frame.ts'
export { decodeProxySecret, type ProxySecret, parseProxySecret } from './proxy-secret.ts'
export { makeServerFraming, type ServerFramingSetup } from './server-framing.ts'
export { CHANGE_CIPHER_SPEC, encodeTlsRecords, TlsRecordReader } from './tls-records.ts'
export {
  encodeMaskedWebSocketFrame,
  encodeWebSocketHead,
  WEB_SOCKET_CLOSE,
  type WebSocketEvent,
  type WebSocketFrameKind,
  WebSocketReader,
  type WebSocketReaderSetup,
} from './web-socket.ts'
