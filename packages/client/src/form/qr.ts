import { encode } from '#libraries'

const SVG = 'http://www.w3.org/2000/svg'
/** Readers want four light modules around (ISO/IEC 18004). */
const BORDER = 4

/** A text as a QR code, dark on white in every colour scheme: readers need that. */
export function drawQr(text: string): SVGElement {
  const { size, data } = encode(text, { border: BORDER })
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`)
  svg.setAttribute('class', 'qr')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', 'QR code')
  svg.setAttribute('shape-rendering', 'crispEdges')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', pathOf(data))
  path.setAttribute('fill', '#000')
  svg.append(path)
  return svg
}

function pathOf(rows: readonly (readonly boolean[])[]): string {
  return rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
}
