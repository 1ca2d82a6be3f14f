import type { help } from '@cablegram/tl/api'
import type { Domain } from '../rules/index.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'

/** When a client is to ask again. */
const ASK_AGAIN_AFTER_S = 60 * 60

/** The terms that who is signed in has still to accept. */
export const getTermsOfServiceUpdate: Handler<'help.getTermsOfServiceUpdate'> = async (_request, context) => {
  const { domain, caller, nowS } = context
  const expires = nowS + ASK_AGAIN_AFTER_S
  const pending = await domain.terms.pending(caller)
  if (pending === undefined) return { _: 'help.termsOfServiceUpdateEmpty', expires }
  return { _: 'help.termsOfServiceUpdate', expires, termsOfService: termsOfService(pending) }
}

/** Accepts the terms that were shown. */
export const acceptTermsOfService: Handler<'help.acceptTermsOfService'> = async (request, context) => {
  const { data } = request.id
  checkTexts(data)
  const [, id = ''] = /^\{"id":"([0-9a-f]{1,64})"\}$/.exec(data) ?? []
  await context.domain.terms.accept(context.caller, id)
  return true
}

/** Terms as a client is told of them. */
export function termsOfService({
  id,
  text,
  popup,
  minAge,
}: NonNullable<Domain['terms']['current']>): help.termsOfService {
  return {
    _: 'help.termsOfService',
    id: { _: 'dataJSON', data: JSON.stringify({ id }) },
    text,
    entities: [],
    ...(popup && { popup }),
    ...(minAge !== undefined && { minAgeConfirm: minAge }),
  }
}
