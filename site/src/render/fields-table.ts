import type { FieldEntry } from '../model/model.ts'
import { aboutText, table, typeLink } from './inline.ts'

/** Fields with their names in the schema and in JavaScript, types, and whether they are required. */
export function fieldsTable(fields: readonly FieldEntry[]): string {
  return table(
    ['Name', 'Type', 'Required', 'Description'],
    fields.map((field) => [
      nameText(field),
      typeLink(field.type),
      requiredText(field),
      aboutText(field.about, '–'),
    ]),
  )
}

/** Lua and the schema write one name, JavaScript and JSON the other. */
function nameText({ name, key }: FieldEntry): string {
  return name === key ? `\`${name}\`` : `\`${name}\` \`${key}\``
}

function requiredText({ flag }: FieldEntry): string {
  if (flag === undefined) return 'yes'
  return flag.field === 'flags' ? `no (flag ${flag.bit})` : `no (${flag.field}, ${flag.bit})`
}
