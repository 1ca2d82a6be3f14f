/** Emoji that can be reactions, the customary ones first. */
export const REACTION_EMOJI: readonly string[] =
  '👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'.split(
    ' ',
  )

const KNOWN: ReadonlySet<string> = new Set(REACTION_EMOJI)
/** Asks for the coloured form of a sign. Clients send reactions with it or without. */
const COLOURED = /\ufe0f/g

/** A reaction as it is kept; undefined if it is none. */
export function knownReaction(emoji: string): string | undefined {
  const plain = emoji.replace(COLOURED, '')
  return KNOWN.has(plain) ? plain : undefined
}
