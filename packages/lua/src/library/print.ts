import type { Stack } from '../state/stack.ts'
import { Mistake } from '../state/thrown.ts'
import type { Host } from './host.ts'

const [TAB, NEWLINE] = [0x09, 0x0a]
const MAX_LINE_MIB = 64

/** `print`: the values as `tostring` gives them, byte for byte, with tabs between them. */
export function printLine(stack: Stack, host: Host): number {
  const parts: Uint8Array[] = []
  let bytes = 0
  for (let index = 1, count = stack.top; index <= count; index += 1) {
    const text = stack.pushToString(index)
    bytes += text.length + 1
    if (bytes > MAX_LINE_MIB << 20) throw new Mistake(`print: the line is larger than ${MAX_LINE_MIB} MiB`)
    parts.push(text.slice())
    stack.pop()
  }
  const line = new Uint8Array(bytes || 1)
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
