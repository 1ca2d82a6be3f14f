import { memorySession, type MessageEvent, TelegramClient } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { apiId: 12345, apiHash: "0123456789abcdef0123456789abcdef" });

async function onMessage(event: MessageEvent) {
  const message = event.message;
  const sender = await message.sender;
  if (sender?.kind === 'user') console.log(`${sender.firstName}: ${message.text}`);
  if (event.chat.kind === 'user') {
    await client.sendMessage(message.chat, `You wrote ${message.text}`, { replyTo: message });
  }
  if (message.text === "/stop") await client.close();
}

await client.start({
  phone: async () => "+9996622222",
  code: async () => "22222",
});
client.on('message', onMessage, { incoming: true, text: /^\// });
console.log("ready");
