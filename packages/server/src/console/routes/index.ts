import type { Route } from '../route.ts'
import { appRoutes } from './apps.ts'
import { auditRoutes } from './audit.ts'
import { backupRoutes } from './backups.ts'
import { botRoutes } from './bots.ts'
import { cdnRoutes } from './cdn.ts'
import { clockRoutes } from './clock.ts'
import { codeRoutes } from './codes.ts'
import { faultRoutes } from './faults.ts'
import { networkRuleRoutes } from './network-rules.ts'
import { paymentRoutes } from './payments.ts'
import { peopleRoutes } from './people.ts'
import { peopleBotRoutes } from './people-bots.ts'
import { peopleGroupRoutes } from './people-groups.ts'
import { phoneRuleRoutes } from './phone-rules.ts'
import { resetRoutes } from './reset.ts'
import { serverRoutes } from './server.ts'
import { snippetRoutes } from './snippets.ts'
import { userRoutes } from './users.ts'
import { webTokenRoutes } from './web-tokens.ts'

/** Every route of the console API; the OpenAPI document is made from the same table. */
export const ROUTES: readonly Route[] = [
  ...serverRoutes,
  ...codeRoutes,
  ...appRoutes,
  ...phoneRuleRoutes,
  ...networkRuleRoutes,
  ...paymentRoutes,
  ...userRoutes,
  ...botRoutes,
  ...peopleRoutes,
  ...peopleBotRoutes,
  ...peopleGroupRoutes,
  ...webTokenRoutes,
  ...auditRoutes,
  ...faultRoutes,
  ...cdnRoutes,
  ...clockRoutes,
  ...resetRoutes,
  ...backupRoutes,
  ...snippetRoutes,
]
