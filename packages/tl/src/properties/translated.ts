import assert from 'node:assert/strict'
import type { Shape } from '../compiler/index.ts'
import { LAYER_RULES } from '../layers/rules.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'
import type { TlObject } from './values.ts'

/** Left out of vectors by layers that do not have them. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'updateNewAuthorization',
  'messageEntitySpoiler',
  'messageEntityCustomEmoji',
  'messageEntityFormattedDate',
  'messageEntityDiffInsert',
  'messageEntityDiffReplace',
  'messageEntityDiffDelete',
])

/** Said by another constructor in layers that do not have them. */
export const REPLACED: ReadonlyMap<string, string> = new Map([
  ['auth.sentCodeTypeFragmentSms', 'auth.sentCodeTypeSms'],
  ['auth.codeTypeMissedCall', 'auth.codeTypeCall'],
  ['auth.codeTypeFragmentSms', 'auth.codeTypeSms'],
])

/** Stars were bought so up to 185, and are not sold here: INPUT_FETCH_ERROR. */
export const NOT_UNDERSTOOD: ReadonlySet<string> = new Set(['inputStorePaymentStars'])

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

function within(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined
}

function isObject(value: unknown): value is TlObject {
  return typeof value === 'object' && value !== null && '_' in value
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
        !isObject(item) || this.older.constructors.has(item._) || REPLACED.has(item._)
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
    const isKnown = this.older.constructors.has(now._)
    assert.equal(older._, isKnown ? now._ : REPLACED.get(now._), path)
    const [before, after] = [this.older.constructors.get(older._), this.newest.constructors.get(older._)]
    for (const [key, value] of Object.entries(older)) {
      if (key === '_') continue
      const own = `${older._}.${key}`
      if (isComparable(this.typeOf(before, key), this.typeOf(after, key)))
        this.check(value, now[key] ?? (value === undefined ? value : FILLED[own]?.(now)), `${path}.${key}`)
      // Fields without a counterpart today, or with another form, must have been left out.
      else this.check(value, FILLED[own]?.(now), `${path}.${key}`)
    }
  }

  private typeOf(combinator: Combinator | undefined, key: string): TypeExpr | undefined {
    if (combinator === undefined) return undefined
    const known = this.types.get(combinator)
    if (known !== undefined) return known.get(key)
    const types = new Map(combinator.fields.map(({ name, type }) => [fieldName(name), type] as const))
    this.types.set(combinator, types)
    return types.get(key)
  }

  /** The newest form of a request or constructor of the older layer. */
  modern(older: TlObject): TlObject {
    const now = this.newest.methods.get(older._) ?? this.newest.constructors.get(older._)
    const then = this.older.methods.get(older._) ?? this.older.constructors.get(older._)
    assert.ok(now, older._)
    const fields = now.fields
      .filter(({ type }) => type.kind !== 'flags')
      .map((field) => [
        fieldName(field.name),
        this.modernField(older, field, this.typeOf(then, fieldName(field.name))),
      ])
    return { _: older._, ...Object.fromEntries(fields) }
  }

  private modernField(older: TlObject, { name, type, flag }: Field, before: TypeExpr | undefined): unknown {
    const value = older[fieldName(name)]
    const isSaid = before !== undefined && isComparable(before, type) && value !== undefined
    if (isSaid || flag !== undefined) return isSaid ? this.modernValue(value, type) : undefined
    const rule = LAYER_RULES.fromOlder[`${older._}.${name}`]
    assert.ok(rule, `${older._}.${name}`)
    return 'value' in rule ? rule.value : this.modernValue(older[fieldName(rule.path)], type)
  }

  private modernValue(value: unknown, type: TypeExpr): unknown {
    if (Array.isArray(value) && type.kind === 'vector') {
      return value.map((item) => this.modernValue(item, type.item))
    }
    if (isObject(value)) return this.modern(value)
    const isLong = type.kind === 'primitive' && type.name === 'long'
    return isLong && typeof value === 'number' ? BigInt(value) : value
  }
}

/** The same type, or an int that became a long. */
function isComparable(before: TypeExpr | undefined, after: TypeExpr | undefined): boolean {
  const [then, now] = [JSON.stringify(before), JSON.stringify(after)]
  return then === now || (before?.kind === 'primitive' && after?.kind === 'primitive')
}
