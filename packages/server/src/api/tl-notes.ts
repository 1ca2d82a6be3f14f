import type { TextWithEntities } from '@cablegram/tl/api'
import type { FormattedText } from '../rules/messages/words.ts'
import { checkTexts } from './check-texts.ts'
import type { HandlerContext } from './handler.ts'
import { knownUserIdOf } from './peers.ts'
import { textEntities, tlEntities } from './tl-entities.ts'

/** A formatted text as a client writes it. @throws {RpcError} INPUT_REQUEST_TOO_LONG, ENTITY_BOUNDS_INVALID, ENTITY_MENTION_USER_INVALID */
export async function noteIn(
  { text, entities }: TextWithEntities,
  context: HandlerContext,
): Promise<FormattedText> {
  checkTexts(text)
  return { text, entities: await textEntities(entities, (user) => knownUserIdOf(user, context)) }
}

/** A formatted text in TL. */
export function tlNote({ text, entities }: FormattedText): TextWithEntities {
  return { _: 'textWithEntities', text, entities: tlEntities(entities) }
}
