import type { help } from '@cablegram/tl/api'
import type { CurrentTerms } from '../rules/logins/terms.ts'

/** Terms of service in TL. */
export function termsOfService({ id, text, popup, minAge }: CurrentTerms): help.termsOfService {
  return {
    _: 'help.termsOfService',
    id: { _: 'dataJSON', data: JSON.stringify({ id }) },
    text,
    entities: [],
    ...(popup && { popup }),
    ...(minAge !== undefined && { minAgeConfirm: minAge }),
  }
}
