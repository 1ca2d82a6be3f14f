import type { Bus } from '../bus/bus.ts'
import type { Store } from '../database/store.ts'
import type { Clock } from '../ground/clock.ts'
import { digitsIn } from '../typed-text.ts'
import { type InboxQuery, listInbox, putInInbox } from './decide-inbox.ts'
import { listenToEntries } from './entry-news.ts'
import type { Channel, CodePurpose, Courier, Delivery, InboxEntry } from './port.ts'

/** The entry that is waited for. */
export interface InboxWait {
  /** Only digits count; undefined: any number. */
  readonly phone?: string | undefined
  /** Only an entry that came after this one. */
  readonly afterId?: string | undefined
  /** Only an entry sent at this second or later. */
  readonly afterS?: number | undefined
  /** 30 seconds if absent. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined
}

/** The courier that keeps codes for whoever looks, and the way to look. */
export interface Inbox {
  readonly courier: Courier
  /** Newest first, of one number or of all; only digits of `phone` count. */
  list(phone?: string): Promise<InboxEntry[]>
  /**
   * The newest matching entry whose code can be used, at once or when it comes, also if it has been used by then;
   * undefined when the time is up.
   */
  wait(wait: InboxWait): Promise<InboxEntry | undefined>
  /** Tells of each entry that comes. @returns the function that ends it */
  onEntry(listener: (entry: InboxEntry) => void): () => void
}

/** More entries than the console shows at once. */
const LIST_LIMIT = 500
const DEFAULT_WAIT_MS = 30_000

/** The types of login codes that clients are told. */
const LOGIN_TYPES: { readonly [C in Channel]: string } = {
  app: 'auth.sentCodeTypeApp',
  sms: 'auth.sentCodeTypeSms',
  call: 'auth.sentCodeTypeCall',
  flashCall: 'auth.sentCodeTypeFlashCall',
  missedCall: 'auth.sentCodeTypeMissedCall',
  email: 'auth.sentCodeTypeEmailCode',
  setUpEmail: 'auth.sentCodeTypeSetUpEmailRequired',
  fragment: 'auth.sentCodeTypeFragmentSms',
  firebase: 'auth.sentCodeTypeFirebaseSms',
  smsWord: 'auth.sentCodeTypeSmsWord',
  smsPhrase: 'auth.sentCodeTypeSmsPhrase',
  payment: 'auth.sentCodePaymentRequired',
}

/** The types of all other codes. */
const OTHER_TYPES: { readonly [P in Exclude<CodePurpose, 'login'>]: string } = {
  setUpEmail: 'account.sentEmailCode',
  changeEmail: 'account.sentEmailCode',
  passportEmail: 'account.sentEmailCode',
  confirmPasswordEmail: 'account.password',
  recoverPassword: 'auth.passwordRecovery',
}

/** This entry, of which the news just came, could be used until now. */
function isWanted(heard: InboxEntry | undefined, { afterS = 0 }: InboxWait): boolean {
  return (heard?.state === 'active' || heard?.state === 'used') && heard.sentAtS >= afterS
}

function typeOf({ purpose, channel }: Delivery): string {
  return purpose === 'login' ? LOGIN_TYPES[channel] : OTHER_TYPES[purpose]
}

/** The inbox of a server: entries in its store, announced on its bus. */
export function createInbox({ store, bus, clock }: { store: Store; bus: Bus; clock: Clock }): Inbox {
  const digits = (phone: string | undefined): string | undefined =>
    phone === undefined ? undefined : digitsIn(phone)

  const list = (query: InboxQuery): Promise<InboxEntry[]> => store.look(() => listInbox(store.secret, query))

  async function newest(phone: string | undefined, wait: InboxWait): Promise<InboxEntry | undefined> {
    const { afterId, afterS } = wait
    const newestFirst = { phone, afterId, afterS, limit: LIST_LIMIT, nowMs: clock.nowMs() }
    return (await list(newestFirst)).find(({ state }) => state === 'active')
  }

  const hearers = new Set<(entry: InboxEntry | undefined) => void>()
  const hear = (hearer: (entry: InboxEntry | undefined) => void): (() => void) => {
    hearers.add(hearer)
    return () => {
      hearers.delete(hearer)
    }
  }

  /** One look for all who wait. */
  async function announce(seq: number): Promise<void> {
    const found = list({ seq, limit: 1, nowMs: clock.nowMs() })
    // If the store cannot be read, the callers that wait look for themselves and see the error.
    const [entry] = await found.catch(() => [])
    for (const hearer of [...hearers]) hearer(entry)
  }
  bus.subscribe((nudge) => {
    if (nudge.kind === 'inbox' && hearers.size > 0) void announce(nudge.seq)
    // Entries may have come whose nudges were lost.
    if (nudge.kind === 'anything') for (const hearer of [...hearers]) hearer(undefined)
  })

  return {
    onEntry: (listener) =>
      listenToEntries(listener, {
        hear,
        since: (afterS) => list({ afterS, limit: LIST_LIMIT, nowMs: clock.nowMs() }),
        nowS: () => Math.floor(clock.nowMs() / 1000),
      }),
    courier: {
      async send(delivery) {
        // After a crash a delivery comes again with the same id: it is announced once, as it is kept once.
        await store.decide(() => putInInbox(store.secret, delivery, typeOf(delivery)))
        return { kind: 'accepted', reference: delivery.id }
      },
    },
    list: (phone) => list({ phone: digits(phone), limit: LIST_LIMIT, nowMs: clock.nowMs() }),
    wait(wait) {
      const phone = digits(wait.phone)
      return new Promise((resolve, reject) => {
        const cleanUp = (): void => {
          clearTimeout(timer)
          unsubscribe()
          wait.signal?.removeEventListener('abort', onTimeUp)
        }
        const end = (entry?: InboxEntry): void => {
          cleanUp()
          resolve(entry)
        }
        const fail = (error: unknown): void => {
          cleanUp()
          reject(error)
        }
        const look = (heard?: InboxEntry): void => {
          newest(phone, wait).then((found) => {
            // A client at another node may have used the code before this one hears of it, or since.
            const entry = found ?? (isWanted(heard, wait) ? heard : undefined)
            if (entry !== undefined) end(entry)
          }, fail)
        }
        const onTimeUp = (): void => end()
        const timer = setTimeout(onTimeUp, wait.timeoutMs ?? DEFAULT_WAIT_MS)
        // Listen first, look after: an entry that comes in between is seen twice, not missed.
        const unsubscribe = hear((entry) => {
          if (phone === undefined || entry === undefined || entry.phone === `+${phone}`) look(entry)
        })
        wait.signal?.addEventListener('abort', onTimeUp)
        if (wait.signal?.aborted === true) end()
        else look()
      })
    },
  }
}
