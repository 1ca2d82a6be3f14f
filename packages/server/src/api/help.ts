import { createHash } from 'node:crypto'
import type { JSONValue } from '@cablegram/tl/api'
import { MAX_DIFFERENT_REACTIONS } from '../rules/chats/decide-reactions.ts'
import { defaultReactionOf } from '../rules/chats/reaction-settings.ts'
import { MAX_MEMBERS_READING } from '../rules/chats/read-times.ts'
import { MAX_PINNED } from '../rules/dialogs/decide-dialog-pins.ts'
import { MAX_FILTERS } from '../rules/dialogs/decide-filters.ts'
import { MAX_FILTER_CHATS } from '../rules/dialogs/filters.ts'
import type { Settings } from '../rules/index.ts'
import { acceptCurrentTerms, findPendingTerms } from '../rules/logins/terms.ts'
import { READ_TIMES_KEPT_S } from '../rules/messages/decide-read-times.ts'
import { MAX_NOTE_CHARACTERS } from '../rules/people/contact-notes.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { suggestedLanguage } from './languages.ts'
import { termsOfService } from './terms.ts'
import { ONLINE_FOR_S } from './tl-people.ts'
import { tlReaction } from './tl-reactions.ts'

const CONFIG_LIFE_S = 3600
const DAY_S = 24 * 60 * 60
const FOREVER_S = 2 ** 31 - 1

/**
 * Gives the configuration. `this_dc` is the data centre that the client named when it made its key; a client that finds
 * another one there asks again and again. Clients also have addresses of their own by default, so the list has to lead
 * all data centres to us.
 */
export const getConfig: Handler<'help.getConfig'> = async (_request, context) => ({
  _: 'config',
  date: context.nowS,
  expires: context.nowS + CONFIG_LIFE_S,
  testMode: context.isTest,
  thisDc: context.caller.dcId,
  dcOptions: context.dataCentres.map(dcOption),
  dcTxtDomainName: '',
  chatSizeMax: context.on.settings.chatSizeMax,
  megagroupSizeMax: 200_000,
  forwardedCountMax: 100,
  onlineUpdatePeriodMs: 210_000,
  offlineBlurTimeoutMs: 5_000,
  offlineIdleTimeoutMs: 30_000,
  onlineCloudTimeoutMs: ONLINE_FOR_S * 1000,
  notifyCloudDelayMs: 30_000,
  notifyDefaultDelayMs: 1_500,
  pushChatPeriodMs: 60_000,
  pushChatLimit: 2,
  editTimeLimit: 2 * DAY_S,
  revokeTimeLimit: FOREVER_S,
  revokePmTimeLimit: FOREVER_S,
  ratingEDecay: 28 * DAY_S,
  stickersRecentLimit: 200,
  channelsReadMediaPeriod: 7 * DAY_S,
  callReceiveTimeoutMs: 20_000,
  callRingTimeoutMs: 90_000,
  callConnectTimeoutMs: 30_000,
  callPacketTimeoutMs: 10_000,
  meUrlPrefix: 'https://t.me/',
  captionLengthMax: 1024,
  messageLengthMax: 4096,
  webfileDcId: context.caller.dcId,
  ...(await ownSettings(context)),
  ...suggestedLanguage(context),
})

/** The part of the configuration that belongs to an account. */
async function ownSettings({ on, caller }: HandlerContext): Promise<Partial<ResultOf<'help.getConfig'>>> {
  if (caller.state.at !== 'authorized' || caller.state.isBot) return {}
  return { reactionsDefault: tlReaction(await defaultReactionOf(on, caller)) }
}

function dcOption({
  id,
  ip,
  port,
  isCdn,
}: HandlerContext['dataCentres'][number]): ResultOf<'help.getConfig'>['dcOptions'][number] {
  return {
    _: 'dcOption',
    id,
    ipAddress: ip,
    port,
    thisPortOnly: true,
    ...(isCdn && { cdn: true }),
    ...(ip.includes(':') && { ipv6: true }),
  }
}

/** Gives the key of the CDN: clients know it from no other place. */
export const getCdnConfig: Handler<'help.getCdnConfig'> = (_request, { dataCentres, cdnKey }) => ({
  _: 'cdnConfig',
  publicKeys: dataCentres.flatMap(({ id: dcId, isCdn }) =>
    isCdn && cdnKey !== undefined ? [{ _: 'cdnPublicKey', dcId, publicKey: cdnKey }] : [],
  ),
})

/** Gives the data centre to use, which is the one in use, and the country for the login screen. */
export const getNearestDc: Handler<'help.getNearestDc'> = (_request, { caller }) => ({
  _: 'nearestDc',
  country: localCountry(),
  thisDc: caller.dcId,
  nearestDc: caller.dcId,
})

let country: string | undefined

/**
 * Country of this machine's locale, because people who sign in to their own server are likely to be there. The look-up
 * takes longer than the rest of the request, so it happens once.
 */
function localCountry(): string {
  if (country === undefined) {
    const { locale } = Intl.DateTimeFormat().resolvedOptions()
    country = new Intl.Locale(locale).maximize().region ?? 'US'
  }
  return country
}

/**
 * Settings of features: those that clients read around a login, limits of chats and of files, those that switch on what clients hide
 * otherwise (folders), and those that switch off what this server lacks. Clients have defaults for all others.
 */
function appConfig({ passkeys, confirmWithinS, files }: Settings): Readonly<Record<string, JSONValue>> {
  const yes: JSONValue = { _: 'jsonBool', value: true }
  const text = (value: string): JSONValue => ({ _: 'jsonString', value })
  const number = (value: number): JSONValue => ({ _: 'jsonNumber', value })
  return {
    authorization_autoconfirm_period: number(confirmWithinS),
    dialog_filters_chats_limit_default: number(MAX_FILTER_CHATS),
    dialog_filters_enabled: yes,
    dialog_filters_limit_default: number(MAX_FILTERS),
    dialogs_folder_pinned_limit_default: number(MAX_PINNED[1]),
    dialogs_pinned_limit_default: number(MAX_PINNED[0]),
    chat_read_mark_expire_period: number(READ_TIMES_KEPT_S),
    chat_read_mark_size_threshold: number(MAX_MEMBERS_READING),
    contact_note_length_limit: number(MAX_NOTE_CHARACTERS),
    fragment_prefixes: { _: 'jsonArray', value: [text('888')] },
    passkeys_account_passkeys_max: number(passkeys.maxPerAccount),
    pm_read_date_expire_period: number(READ_TIMES_KEPT_S),
    premium_purchase_blocked: yes,
    qr_login_camera: yes,
    qr_login_code: text('primary'),
    reactions_uniq_max: number(MAX_DIFFERENT_REACTIONS),
    settings_display_passkeys: yes,
    stars_purchase_blocked: yes,
    stories_posting: text('disabled'),
    upload_max_fileparts_default: number(files.maxParts),
    // Nobody has Premium here. Clients tell people what it would allow: twice as much, as Telegram has it.
    upload_max_fileparts_premium: number(2 * files.maxParts),
  }
}

/** Gives the settings of features, unless the client has them already. */
export const getAppConfig: Handler<'help.getAppConfig'> = ({ hash: known }, { on }) => {
  const values = appConfig(on.settings)
  // 31 bits, and never 0, because clients without settings send that.
  const digest = createHash('sha256').update(JSON.stringify(values)).digest()
  const hash = (digest.readUInt32LE() >>> 1) | 1
  if (known === hash) return { _: 'help.appConfigNotModified' }
  const value = Object.entries(values).map(
    ([key, each]) => ({ _: 'jsonObjectValue', key, value: each }) as const,
  )
  return { _: 'help.appConfig', hash, config: { _: 'jsonObject', value } }
}

/** Lists the countries with their calling codes, named in the client's language. */
export const getCountriesList: Handler<'help.getCountriesList'> = async ({ langCode, hash }) => {
  // The numbering plans of the world load slowly, and most clients never ask for them.
  const { countriesList } = await import('./countries.ts')
  const list = countriesList(langCode)
  return list.hash === hash ? { _: 'help.countriesListNotModified' } : list
}

/** Time after which a client asks again. */
const ASK_AGAIN_AFTER_S = 60 * 60

/** Gives the terms that the user has not accepted yet. */
export const getTermsOfServiceUpdate: Handler<'help.getTermsOfServiceUpdate'> = async (_request, context) => {
  const { on, caller, nowS } = context
  const expires = nowS + ASK_AGAIN_AFTER_S
  const pending = await findPendingTerms(on, caller)
  if (pending === undefined) return { _: 'help.termsOfServiceUpdateEmpty', expires }
  return { _: 'help.termsOfServiceUpdate', expires, termsOfService: termsOfService(pending) }
}

/** Accepts the terms that the client has shown. */
export const acceptTermsOfService: Handler<'help.acceptTermsOfService'> = async (request, context) => {
  const { data } = request.id
  checkTexts(data)
  const [, id = ''] = /^\{"id":"([0-9a-f]{1,64})"\}$/.exec(data) ?? []
  await acceptCurrentTerms(context.on, context.caller, id)
  return true
}

/** Notes how many updates wait at a bot. Nobody is told of it here. */
export const setBotUpdatesStatus: Handler<'help.setBotUpdatesStatus'> = () => true
