export { ANONYMOUS_METHODS } from './anonymous-methods.ts'
export { type Gateway, type GatewayOptions, openGateway } from './gateway.ts'
export { WRAPPER_IDS } from './unwrap.ts'
