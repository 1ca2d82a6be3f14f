/** Name of a field in JavaScript: `phone_code_hash` becomes phoneCodeHash, `srp_B` becomes srpB, `M1` stays. */
export function fieldName(name: string): string {
  return name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase())
}
