/** A field's name in JavaScript: `phone_code_hash` is phoneCodeHash, `srp_B` is srpB, `M1` stays. */
export function fieldName(name: string): string {
  return name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase())
}
