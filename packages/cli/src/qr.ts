/** What draws a text as a QR code in a terminal; loaded only by a command that shows one. */
export async function qrDrawer(): Promise<(text: string) => string> {
  const { renderUnicodeCompact } = await import('uqr')
  return (text) => renderUnicodeCompact(text, { border: 2 })
}
