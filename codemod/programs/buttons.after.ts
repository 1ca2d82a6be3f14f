import { type CallbackQueryEvent, memorySession, TelegramClient } from '@cablegram/client'

const bot = new TelegramClient(memorySession(), { apiId: 12345, apiHash: "0123456789abcdef0123456789abcdef" });
await bot.start({
  botToken: process.argv[2] as string,
});

bot.on('message', async (event) => {
  await bot.sendMessage(event.chat.id, "Which one?", { buttons: [[{ text: "Red", data: "red" }, { text: "Blue", data: "blue" }]] });
  console.log("asked");
}, { text: /^\/start/ });

bot.on('callbackQuery', async (event: CallbackQueryEvent) => {
  await event.answer({ text: `You chose ${event.data}` });
  console.log("pressed", event.data?.toString());
  await bot.close();
});
console.log("ready");
