import { TelegramClient } from "telegram";
import { StringSession } from "telegram/sessions";
import { CallbackQuery, CallbackQueryEvent } from "telegram/events/CallbackQuery";
import { NewMessage } from "telegram/events";
import { Button } from "telegram/tl/custom/button";

const bot = new TelegramClient(new StringSession(""), 12345, "0123456789abcdef0123456789abcdef", {
  connectionRetries: 3,
});
await bot.start({ botAuthToken: process.argv[2] as string });

bot.addEventHandler(async (event) => {
  await bot.sendMessage(event.chatId, {
    message: "Which one?",
    buttons: [[Button.inline("Red", Buffer.from("red")), Button.inline("Blue", Buffer.from("blue"))]],
  });
  console.log("asked");
}, new NewMessage({ pattern: /^\/start/ }));

bot.addEventHandler(async (event: CallbackQueryEvent) => {
  await event.answer({ message: `You chose ${event.data}` });
  console.log("pressed", event.data?.toString());
  await bot.disconnect();
}, new CallbackQuery({}));
console.log("ready");
