import assert from 'node:assert/strict'
import type { Shape } from '../compiler/index.ts'
import { ruleFor } from '../compiler/translation.ts'
import { type FieldRule, type Instead, LAYER_RULES, type MakingRule } from '../layers/rules.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'
import { isObject, made, within } from './made.ts'
import type { TlObject } from './values.ts'

/** Left out of vectors by layers that do not have them. */
export const LEFT_OUT: ReadonlySet<string> = new Set(
  Object.entries(LAYER_RULES.absent).flatMap(([name, rule]) => (rule === 'omit' ? [name] : [])),
)

/** Left out only with the value that holds them: these cannot be written alone. */
export const LEFT_OUT_WHERE_HELD: RegExp = /^(privacyKey\w+|dialogFilterDefault)$/

/** What is said in place of a constructor that a layer does not have. */
export function replacedBy(name: string, older: Shape): Instead | undefined {
  const rule = LAYER_RULES.absent[name]
  if (rule === undefined || typeof rule === 'string' || older.constructors.has(name)) return undefined
  const all = 'instead' in rule ? [rule] : rule
  return all.find(({ instead }) => older.constructors.has(instead))
}

/**
 * Stars were bought so up to 185, and are not sold here; drafts of rich texts are of the newest layer, a button that does nothing is
 * of layer 229, and addresses of TON are of layer 232: INPUT_FETCH_ERROR.
 */
export const NOT_UNDERSTOOD: ReadonlySet<string> = new Set([
  'inputStorePaymentStars',
  'inlineButtonTypeDisabled',
  'messageEntityTonAddress',
  'sendMessageRichMessageDraftAction',
  'sendMessageStopDraftAction',
  'inputSendMessageRichMessageDraftAction',
])

/** Expected values of fields that only older layers have. */
const FILLED: Readonly<Record<string, (now: TlObject) => unknown>> = {
  'user.storiesMaxId': (now) => within(now['storiesMaxId'], 'maxId'),
  'user.color': (now) => within(now['color'], 'color'),
  'user.backgroundEmojiId': (now) => within(now['color'], 'backgroundEmojiId'),
  'userFull.themeEmoticon': (now) => within(now['theme'], 'emoticon'),
  'botInfo.description': () => '',
  'botInfo.commands': () => [],
  'botInfo.menuButton': () => ({ _: 'botMenuButtonDefault' }),
  'config.savedGifsLimit': () => 200,
  'config.stickersFavedLimit': () => 5,
  'config.pinnedDialogsCountMax': () => 5,
  'config.pinnedInfolderCountMax': () => 100,
}

/** Knows from two schemas alone what a value of the newer one is in the older one, and the other way round. */
export class Translated {
  private readonly newest: Shape
  private readonly older: Shape
  private readonly types = new Map<Combinator, ReadonlyMap<string, TypeExpr>>()

  constructor(newest: Shape, older: Shape) {
    this.newest = newest
    this.older = older
  }

  /** Checks that an older value says what the newest one says, as far as the older layer can. */
  check(older: unknown, now: unknown, path: string): void {
    if (Array.isArray(older) && Array.isArray(now)) {
      const isKept = (item: unknown) =>
        !isObject(item) || this.older.constructors.has(item._) || replacedBy(item._, this.older) !== undefined
      const items = now.filter(isKept)
      assert.equal(older.length, items.length, path)
      older.forEach((item, index) => {
        this.check(item, items[index], `${path}.${index}`)
      })
    } else if (isObject(older) && isObject(now)) {
      this.checkObject(older, now, path)
    } else if (typeof older === 'number' && typeof now === 'bigint') {
      assert.equal(BigInt(older), now, path)
    } else {
      assert.deepEqual(older, now, path)
    }
  }

  private checkObject(older: TlObject, now: TlObject, path: string): void {
    if (now._ === 'updateShort' && older._ === 'updates') {
      const { date } = now
      assert.ok(LEFT_OUT.has(String(within(now['update'], '_'))), path)
      assert.deepEqual(older, { _: 'updates', updates: [], users: [], chats: [], date, seq: 0 }, path)
      return
    }
    const replaced = replacedBy(now._, this.older)
    if (replaced !== undefined) {
      const fields = Object.entries(replaced.fields).map(([name, rule]) => [name, madeOf(rule, now)])
      this.check(older, { _: replaced.instead, ...Object.fromEntries(fields) }, path)
      return
    }
    assert.equal(older._, now._, path)
    const [before, after] = [this.older.constructors.get(older._), this.newest.constructors.get(older._)]
    for (const [key, value] of Object.entries(older)) {
      if (key === '_') continue
      const expected = after === undefined ? now[key] : this.expected(before, after, key, now)
      if (value === true && this.typeOf(before, key)?.kind === 'true') {
        assert.notEqual(expected, undefined, `${path}.${key}`)
        continue
      }
      this.check(value, expected, `${path}.${key}`)
    }
  }

  /** The value of an older constructor's field. Fields without a counterpart or a rule are left out. */
  private expected(before: Combinator | undefined, after: Combinator, key: string, now: TlObject): unknown {
    const own = before?.fields.find(({ name }) => fieldName(name) === key)
    const rule = ruleFor(LAYER_RULES.toOlder[`${now._}.${own?.name}`], this.older)
    const making = rule === undefined || 'sent' in rule || 'omit' in rule ? undefined : rule
    const isForced = making !== undefined && 'lacking' in making
    if (!isForced && isComparable(own?.type, this.typeOf(after, key))) {
      const isOptional = own?.flag !== undefined
      return now[key] ?? (isOptional ? undefined : this.filled(now._, key, making, now))
    }
    return this.filled(now._, key, making, now)
  }

  private filled(name: string, key: string, rule: MakingRule | undefined, now: TlObject): unknown {
    const known = FILLED[`${name}.${key}`]
    if (known !== undefined) return known(now)
    return rule === undefined ? undefined : madeOf(rule, now)
  }

  private typeOf(combinator: Combinator | undefined, key: string): TypeExpr | undefined {
    return this.typesOf(combinator).get(key)
  }

  private typesOf(combinator: Combinator | undefined): ReadonlyMap<string, TypeExpr> {
    if (combinator === undefined) return new Map()
    const known = this.types.get(combinator)
    if (known !== undefined) return known
    const types = new Map(combinator.fields.map(({ name, type }) => [fieldName(name), type] as const))
    this.types.set(combinator, types)
    return types
  }

  /** The newest form of a request or constructor of the older layer. */
  modern(older: TlObject): TlObject {
    const { value, types, isReadAs } = this.readAs(older)
    const now = this.newest.methods.get(value._) ?? this.newest.constructors.get(value._)
    assert.ok(now, value._)
    const fields = now.fields
      .filter(({ type }) => type.kind !== 'flags')
      .map((field) => {
        const before = types.get(fieldName(field.name))
        const isSaid = before !== undefined && (isReadAs || isComparable(before, field.type))
        return [fieldName(field.name), this.modernField(value, field, isSaid)]
      })
    return { _: value._, ...Object.fromEntries(fields) }
  }

  /** The value under its name of today, with the types that the older layer gives its fields. */
  private readAs(older: TlObject): {
    value: TlObject
    types: ReadonlyMap<string, TypeExpr>
    isReadAs: boolean
  } {
    const types = this.typesOf(this.older.methods.get(older._) ?? this.older.constructors.get(older._))
    const rule = LAYER_RULES.readAs[older._]
    if (rule === undefined) return { value: older, types, isReadAs: false }
    if ('as' in rule) return { value: { ...older, _: rule.as }, types, isReadAs: true }
    // Layers before have a constructor of this name, too, without the value inside.
    if (!types.has(rule.into)) return { value: older, types, isReadAs: false }
    const { [rule.into]: inside, ...beside } = older
    assert.ok(isObject(inside), older._)
    const inner = this.readAs(inside)
    return {
      value: { ...inner.value, ...beside, _: inner.value._ },
      types: new Map([...inner.types, ...types]),
      isReadAs: true,
    }
  }

  private modernField(older: TlObject, { name, type, flag }: Field, isSaid: boolean): unknown {
    const value = older[fieldName(name)]
    if (isSaid && value !== undefined) return this.modernValue(value, type)
    if (flag !== undefined && !isMade(LAYER_RULES.fromOlder[`${older._}.${name}`])) return undefined
    const rule = LAYER_RULES.fromOlder[`${older._}.${name}`]
    assert.ok(rule, `${older._}.${name}`)
    return made(rule, (path) => this.modernPart(older, path))
  }

  /** The newest form of the value at a path that begins with the TL name of a field. */
  private modernPart(older: TlObject, path: string): unknown {
    const [first = '', ...rest] = path.replace('^', '').split('.')
    return within(this.modernValue(older[fieldName(first)], undefined), rest.join('.'))
  }

  private modernValue(value: unknown, type: TypeExpr | undefined): unknown {
    if (Array.isArray(value)) {
      const item = type?.kind === 'vector' ? type.item : undefined
      return value.map((one) => this.modernValue(one, item))
    }
    if (isObject(value)) return this.modern(value)
    const isLong = type?.kind === 'primitive' && type.name === 'long'
    return isLong && typeof value === 'number' ? BigInt(value) : value
  }
}

function madeOf(rule: FieldRule, now: TlObject): unknown {
  return 'omit' in rule ? undefined : made(rule, (path) => within(now, path))
}

/** Tells whether a rule makes a value where the request has something to make it of. */
function isMade(rule: MakingRule | undefined): boolean {
  return rule !== undefined && !('value' in rule)
}

/** The same type, or an int that became a long. */
function isComparable(before: TypeExpr | undefined, after: TypeExpr | undefined): boolean {
  if (before?.kind === 'vector' && after?.kind === 'vector') return isComparable(before.item, after.item)
  if (JSON.stringify(before) === JSON.stringify(after)) return true
  return nameOf(before) === 'int' && nameOf(after) === 'long'
}

function nameOf(type: TypeExpr | undefined): string | undefined {
  return type?.kind === 'primitive' ? type.name : undefined
}
