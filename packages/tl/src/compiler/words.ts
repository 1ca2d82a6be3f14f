import { fieldName, type Schema } from '../schema/index.ts'

/** This project's own description of a method. All texts are inline Markdown and name fields as the schema does. */
export interface MethodWords {
  readonly about: string
  /** A text for each parameter. */
  readonly fields?: Readonly<Record<string, string>>
  /** Data centres in which the method can be called, if that matters. */
  readonly where?: string
  /** Effect of a second call with the same parameters. */
  readonly repeat: string
  /** For each constructor of the answer: the case in which the server sends it, and a way to make that happen. */
  readonly answers: Readonly<Record<string, { readonly when: string; readonly make?: string }>>
  readonly related?: readonly { readonly label: string; readonly methods: readonly string[] }[]
  /** Names of guides. */
  readonly guides?: readonly string[]
}

/** This project's own description of a constructor. */
export interface ConstructorWords {
  readonly about: string
  readonly fields?: Readonly<Record<string, string>>
}

/** This project's own descriptions, by the names of the schema. The server's methods have them all; other names may lack them. */
export interface Words {
  readonly methods: Readonly<Record<string, MethodWords>>
  readonly constructors: Readonly<Record<string, ConstructorWords>>
  readonly types: Readonly<Record<string, { readonly about: string }>>
}

/** Merges descriptions that are kept in several files. */
export function mergeWords(all: readonly Partial<Words>[]): Words {
  const merge = <T>(parts: readonly (Readonly<Record<string, T>> | undefined)[]): Record<string, T> =>
    Object.assign({}, ...parts)
  return {
    methods: merge(all.map(({ methods }) => methods)),
    constructors: merge(all.map(({ constructors }) => constructors)),
    types: merge(all.map(({ types }) => types)),
  }
}

/** Turns a description into text for a doc comment: no links, and fields under the names they have in TypeScript. */
export class CommentText {
  private readonly fieldNames: ReadonlySet<string>

  constructor({ constructors, methods }: Schema) {
    const names = [...constructors, ...methods].flatMap(({ fields }) => fields.map(({ name }) => name))
    this.fieldNames = new Set(names)
  }

  of(text: string): string {
    return text
      .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
      .replace(/`(\w+)`/g, (code, name: string) =>
        this.fieldNames.has(name) ? `\`${fieldName(name)}\`` : code,
      )
      .replaceAll('*/', '*\\/')
  }
}
