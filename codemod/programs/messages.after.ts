import { fromMarkdown, memorySession, RpcError, TelegramClient } from '@cablegram/client'

const apiId = 12345;
const apiHash = "0123456789abcdef0123456789abcdef";
const stringSession = memorySession();

(async () => {
  const client = new TelegramClient(stringSession, { apiId, apiHash, floodWaitMaxS: 30 });
  await client.start({
    phone: async () => "+9996621111",
    password: async () => "secret",
    code: async () => "22222",
    name: async () => {
      const [firstName, lastName] = await (async () => ["Ada", "Lovelace"])()
      return { firstName, lastName }
    },
  });
  console.log("signed in", ((await client.exportSession()) as unknown as string).length > 10);
  const me = await client.getMe();
  const sent = await client.sendMessage('me', fromMarkdown("Hello **there**"));
  console.log(sent.text);
  await client.sendMessage('me', "a reply", { replyTo: sent, silent: true });
  await client.editMessage({ id: sent.id, chat: 'me' }, "changed");

  const result = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] });
  console.log(result.length, me.firstName);

  const messages = await Array.fromAsync(client.history('me', { limit: 10 }));
  for (const message of messages) {
    console.log(message.text, message.isOut);
  }
  for await (const message of client.history('me', { limit: 1, reverse: true })) {
    console.log("first:", message.text);
  }
  for (const again of await client.getMessages([{ id: sent.id, chat: 'me' }])) console.log("again:", again.id);
  const dialogs = await Array.fromAsync(client.dialogs({ limit: 5 }));
  console.log(dialogs.map((dialog) => dialog.chat.title).join());

  await client.deleteMessages([{ id: sent.id, chat: 'me' }], { forAll: true });
  try {
    await client.contacts.resolveUsername({ username: "nobody_is_this" });
  } catch (error) {
    if (error instanceof RpcError) console.log(error.type);
  }
  await client.close();
})();
