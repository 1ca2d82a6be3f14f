import type { Target } from '../target.ts'
import { edge } from './edge.ts'
import { envelope } from './envelope.ts'
import { exchangeClient } from './exchange-client.ts'
import { exchangeServer } from './exchange-server.ts'
import { framing } from './framing.ts'
import { gzip } from './gzip.ts'
import { messageTexts } from './message-text.ts'
import { passkey } from './passkey.ts'
import { proxyHeader } from './proxy-header.ts'
import { sessionClient } from './session-client.ts'
import { sessionServer } from './session-server.ts'
import { tl } from './tl.ts'
import { tlText } from './tl-text.ts'
import { twoStep } from './two-step.ts'
import { unwrap } from './unwrap.ts'

/** All targets. */
export const TARGETS: readonly Target[] = [
  framing,
  envelope,
  exchangeServer,
  exchangeClient,
  sessionServer,
  sessionClient,
  tl,
  tlText,
  gzip,
  unwrap,
  proxyHeader,
  passkey,
  twoStep,
  edge,
  messageTexts,
]
