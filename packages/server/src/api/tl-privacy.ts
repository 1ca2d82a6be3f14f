import type {
  InputPrivacyKey,
  InputPrivacyRule,
  InputUser,
  PrivacyKey as TlKey,
  PrivacyRule as TlRule,
} from '@cablegram/tl/api'
import type { PrivacyKey, PrivacyRule } from '../rules/people/words.ts'
import type { HandlerContext } from './handler.ts'
import { knownUserIdOf } from './peers.ts'

const KEYS: { readonly [K in InputPrivacyKey['_']]: PrivacyKey } = {
  inputPrivacyKeyStatusTimestamp: 'status',
  inputPrivacyKeyPhoneNumber: 'phone',
  inputPrivacyKeyAddedByPhone: 'addedByPhone',
  inputPrivacyKeyProfilePhoto: 'profilePhoto',
  inputPrivacyKeyForwards: 'forwards',
  inputPrivacyKeyChatInvite: 'chatInvite',
  inputPrivacyKeyAbout: 'about',
  inputPrivacyKeyPhoneCall: 'phoneCall',
  inputPrivacyKeyPhoneP2P: 'phoneP2P',
  inputPrivacyKeyVoiceMessages: 'voiceMessages',
  inputPrivacyKeyBirthday: 'birthday',
  inputPrivacyKeyStarGiftsAutoSave: 'starGiftsAutoSave',
  inputPrivacyKeyNoPaidMessages: 'noPaidMessages',
  inputPrivacyKeySavedMusic: 'savedMusic',
}

/** The thing that a client's key guards. */
export function privacyKey({ _: name }: InputPrivacyKey): PrivacyKey {
  return KEYS[name]
}

/** The key of something that rules guard, in TL. */
export function tlPrivacyKey(key: PrivacyKey): TlKey {
  const found = Object.entries(KEYS).find(([, each]) => each === key)
  const name = (found?.[0] ?? 'inputPrivacyKeyAbout').replace('inputP', 'p')
  return { _: name as TlKey['_'] }
}

/** A client's rules. Users whom the client does not know are left out. */
export async function privacyRules(
  rules: readonly InputPrivacyRule[],
  context: HandlerContext,
): Promise<PrivacyRule[]> {
  return await Promise.all(rules.map((rule) => privacyRule(rule, context)))
}

async function privacyRule(rule: InputPrivacyRule, context: HandlerContext): Promise<PrivacyRule> {
  switch (rule._) {
    case 'inputPrivacyValueAllowUsers':
    case 'inputPrivacyValueDisallowUsers': {
      const isAllowed = rule._ === 'inputPrivacyValueAllowUsers'
      return { isAllowed, whom: 'users', userIds: await knownIds(rule.users, context) }
    }
    case 'inputPrivacyValueAllowChatParticipants':
    case 'inputPrivacyValueDisallowChatParticipants': {
      const isAllowed = rule._ === 'inputPrivacyValueAllowChatParticipants'
      return { isAllowed, whom: 'chats', chatIds: [...rule.chats] }
    }
    default:
      return SIMPLE[rule._]
  }
}

async function knownIds(users: readonly InputUser[], context: HandlerContext): Promise<bigint[]> {
  const ids = await Promise.all(users.map((user) => knownUserIdOf(user, context)))
  return [...new Set(ids.filter((id) => id !== undefined))]
}

type Naming = `inputPrivacyValue${'Allow' | 'Disallow'}${'Users' | 'ChatParticipants'}`

const SIMPLE: { readonly [K in Exclude<InputPrivacyRule['_'], Naming>]: PrivacyRule } = {
  inputPrivacyValueAllowAll: { isAllowed: true, whom: 'all' },
  inputPrivacyValueDisallowAll: { isAllowed: false, whom: 'all' },
  inputPrivacyValueAllowContacts: { isAllowed: true, whom: 'contacts' },
  inputPrivacyValueDisallowContacts: { isAllowed: false, whom: 'contacts' },
  inputPrivacyValueAllowCloseFriends: { isAllowed: true, whom: 'closeFriends' },
  inputPrivacyValueAllowPremium: { isAllowed: true, whom: 'premium' },
  inputPrivacyValueAllowBots: { isAllowed: true, whom: 'bots' },
  inputPrivacyValueDisallowBots: { isAllowed: false, whom: 'bots' },
}

/** Rules in TL. */
export function tlPrivacyRules(rules: readonly PrivacyRule[]): TlRule[] {
  return rules.map(tlRule)
}

function tlRule(rule: PrivacyRule): TlRule {
  const { isAllowed } = rule
  switch (rule.whom) {
    case 'all':
      return { _: isAllowed ? 'privacyValueAllowAll' : 'privacyValueDisallowAll' }
    case 'contacts':
      return { _: isAllowed ? 'privacyValueAllowContacts' : 'privacyValueDisallowContacts' }
    case 'bots':
      return { _: isAllowed ? 'privacyValueAllowBots' : 'privacyValueDisallowBots' }
    case 'closeFriends':
      return { _: 'privacyValueAllowCloseFriends' }
    case 'premium':
      return { _: 'privacyValueAllowPremium' }
    case 'users':
      return {
        _: isAllowed ? 'privacyValueAllowUsers' : 'privacyValueDisallowUsers',
        users: [...rule.userIds],
      }
    case 'chats':
      return {
        _: isAllowed ? 'privacyValueAllowChatParticipants' : 'privacyValueDisallowChatParticipants',
        chats: [...rule.chatIds],
      }
  }
}
