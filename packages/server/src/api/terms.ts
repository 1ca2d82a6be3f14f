import type { help } from '@cablegram/tl/api'
import type { Domain } from '../rules/index.ts'

/** Terms of service in TL. */
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
