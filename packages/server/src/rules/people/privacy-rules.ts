import type { PrivacyKey, PrivacyRule, Stranger } from './words.ts'

const ALL: readonly PrivacyRule[] = [{ isAllowed: true, whom: 'all' }]
const CONTACTS: readonly PrivacyRule[] = [{ isAllowed: true, whom: 'contacts' }]

/** The rules of an account that has set none. */
export function defaultRules(key: PrivacyKey): readonly PrivacyRule[] {
  return key === 'phone' || key === 'birthday' ? CONTACTS : ALL
}

/** Tells whether rules allow a person something. The first rule about them counts; whom no rule is about may not. */
export function isAllowed(rules: readonly PrivacyRule[], stranger: Stranger): boolean {
  return rules.find((rule) => isAbout(rule, stranger))?.isAllowed ?? false
}

/** Nobody here is a close friend, or has paid for being shown more. */
function isAbout(rule: PrivacyRule, { userId, isBot, isContact, chatIds }: Stranger): boolean {
  switch (rule.whom) {
    case 'all':
      return true
    case 'contacts':
      return isContact
    case 'bots':
      return isBot
    case 'users':
      return rule.userIds.includes(userId)
    case 'chats':
      return rule.chatIds.some((chatId) => chatIds.has(chatId))
    case 'closeFriends':
    case 'premium':
      return false
  }
}

/** The text of rules in the store. */
export function rulesToText(rules: readonly PrivacyRule[]): string {
  return JSON.stringify(rules, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** The rules of a text that {@link rulesToText} made. */
export function textToRules(text: string): readonly PrivacyRule[] {
  return JSON.parse(text, (name, value) => (isIds(name) ? value.map(BigInt) : value))
}

function isIds(name: string): boolean {
  return name === 'userIds' || name === 'chatIds'
}
