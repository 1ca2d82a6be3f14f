import { SERVICE_USER } from '../accounts/service-user.ts'
import type { NewMessage } from './words.ts'

/** A text in the service chat. */
export interface ServiceText {
  readonly text: string
  /** The part that is set in bold: its first occurrence. */
  readonly bold: string
  readonly dateS: number
  readonly randomId: bigint
}

/** A message of the service user. */
export function serviceMessage({ text, bold, dateS, randomId }: ServiceText): NewMessage {
  const { id } = SERVICE_USER
  const entities = [{ kind: 'bold', offset: text.indexOf(bold), length: bold.length }] as const
  return { peerId: id, fromId: id, isOut: false, dateS, text, entities, randomId }
}
