/** A function that draws a text as a QR code for the terminal; loaded only when needed. */
export async function qrDrawer(): Promise<(text: string) => string> {
  const { renderUnicodeCompact } = await import('uqr')
  return (text) => renderUnicodeCompact(text, { border: 2 })
}
