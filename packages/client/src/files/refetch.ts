import type { InputChannel, InputPeer, Message, Results } from '@cablegram/tl/api'
import type { DownloadClient } from './download.ts'
import type { MessageSource } from './location.ts'

/** Asks for a message again: its media has a new reference then. Undefined where it is gone, or cannot be named. */
export async function refetchMessage(
  client: Pick<DownloadClient, 'call'>,
  { message, inputPeer }: MessageSource,
): Promise<Message | undefined> {
  const id = [{ _: 'inputMessageID', id: message.id } as const]
  if (message.peerId._ !== 'peerChannel') return firstOf(await client.call('messages.getMessages', { id }))
  const channel = channelOf(inputPeer)
  return channel && firstOf(await client.call('channels.getMessages', { channel, id }))
}

function channelOf(inputPeer: InputPeer | undefined): InputChannel | undefined {
  if (inputPeer?._ === 'inputPeerChannel') return { ...inputPeer, _: 'inputChannel' }
  return inputPeer?._ === 'inputPeerChannelFromMessage'
    ? { ...inputPeer, _: 'inputChannelFromMessage' }
    : undefined
}

function firstOf(answer: Results['messages.getMessages']): Message | undefined {
  return 'messages' in answer ? answer.messages[0] : undefined
}
