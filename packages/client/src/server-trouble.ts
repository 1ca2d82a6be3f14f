import type { RpcError } from '@cablegram/mtproto'

/** The server is in trouble, which may pass. */
export function isServerTrouble({ code }: RpcError): boolean {
  return code >= 500 || code < 0
}
