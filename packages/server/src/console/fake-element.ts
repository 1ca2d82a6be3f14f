/** The parts of a browser's element that the scripts of the pages use, for their tests. */
export class FakeElement {
  textContent: string = ''
  className: string = ''
  hidden: boolean = false
  value: string = ''
  checked: boolean = false
  scrollTop: number = 0
  scrollHeight: number = 0
  clientHeight: number = 0
  children: FakeElement[] = []
  readonly attributes: Map<string, string> = new Map()
  readonly listeners: Map<string, (event: { preventDefault(): void }) => unknown> = new Map()
  append(...children: FakeElement[]): void {
    this.children.push(...children)
  }
  replaceChildren(...children: FakeElement[]): void {
    this.children = children
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value)
  }
  addEventListener(name: string, listener: (event: { preventDefault(): void }) => unknown): void {
    this.listeners.set(name, listener)
  }
  async fire(name: string): Promise<void> {
    await this.listeners.get(name)?.({ preventDefault: () => undefined })
  }
  /** True once the page has moved to this element. */
  isScrolledTo: boolean = false
  scrollIntoView(): void {
    this.isScrolledTo = !this.hidden
  }
  /** The first button with this text, itself or inside. */
  button(text: string): FakeElement | undefined {
    if (this.listeners.has('click') && this.text.includes(text)) return this
    for (const child of this.children) {
      const found = child.button(text)
      if (found) return found
    }
    return undefined
  }
  get text(): string {
    return [this.textContent, ...this.children.map((child) => child.text)].join(' ')
  }
  /** The element with this label, itself or inside. */
  labelled(label: string): FakeElement | undefined {
    if (this.attributes.get('aria-label') === label) return this
    for (const child of this.children) {
      const found = child.labelled(label)
      if (found) return found
    }
    return undefined
  }
}
