import type { InputDialogPeer } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { PeerId } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'
import { peerOf } from './peers.ts'

/** The peer of a chat of a list. @throws {RpcError} PEER_ID_INVALID */
export async function dialogPeerOf(peer: InputDialogPeer, context: HandlerContext): Promise<PeerId> {
  if (peer._ !== 'inputDialogPeer') throw refusal('PEER_ID_INVALID')
  return await peerOf(peer.peer, context)
}
