import { Api, TelegramClient } from "telegram";
import { StringSession } from "telegram/sessions/index.js";
import { NewMessage, NewMessageEvent } from "telegram/events/index.js";

const client = new TelegramClient(new StringSession(""), 12345, "0123456789abcdef0123456789abcdef", {});

async function onMessage(event: NewMessageEvent) {
  const message = event.message;
  const sender = await message.getSender();
  if (sender instanceof Api.User) console.log(`${sender.firstName}: ${message.message}`);
  if (event.isPrivate) {
    await message.reply({ message: `You wrote ${message.text}` });
  }
  if (message.message === "/stop") await client.disconnect();
}

await client.start({
  phoneNumber: "+9996622222",
  phoneCode: async () => "22222",
  onError: (error) => console.error(error),
});
client.addEventHandler(onMessage, new NewMessage({ incoming: true, pattern: /^\// }));
console.log("ready");
