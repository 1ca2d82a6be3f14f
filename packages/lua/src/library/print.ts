import type { Stack } from '../state/stack.ts'
import type { Host } from './host.ts'

const [TAB, NEWLINE] = [0x09, 0x0a]

/** `print`: the values as `tostring` gives them, byte for byte, with tabs between them. */
export function printLine(stack: Stack, host: Host): number {
  const parts: Uint8Array[] = []
  for (let index = 1, count = stack.top; index <= count; index += 1) {
    parts.push(stack.pushToString(index).slice())
    stack.pop()
  }
  const line = new Uint8Array(parts.reduce((sum, { length }) => sum + length + 1, 0) || 1)
  let at = 0
  for (const part of parts) {
    line.set(part, at)
    at += part.length
    line[at] = TAB
    at += 1
  }
  line[line.length - 1] = NEWLINE
  host.write('out', line)
  return 0
}
