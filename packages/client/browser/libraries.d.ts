/** A text as a QR code: rows of modules, true for dark ones, with `border` light ones around. */
export declare function encode(
  text: string,
  options: { readonly border: number },
): {
  readonly size: number
  readonly data: readonly (readonly boolean[])[]
}
