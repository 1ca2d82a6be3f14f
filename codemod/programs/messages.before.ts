import { Api, errors, TelegramClient } from "telegram";
import { StringSession } from "telegram/sessions";

const apiId = 12345;
const apiHash = "0123456789abcdef0123456789abcdef";
const stringSession = new StringSession("");

(async () => {
  const client = new TelegramClient(stringSession, apiId, apiHash, {
    connectionRetries: 5,
    floodSleepThreshold: 30,
  });
  await client.start({
    phoneNumber: async () => "+9996621111",
    password: async () => "secret",
    phoneCode: async () => "22222",
    firstAndLastNames: async () => ["Ada", "Lovelace"],
    onError: (err) => console.log(err),
  });
  console.log("signed in", (client.session.save() as unknown as string).length > 10);
  const me = await client.getMe();
  const sent = await client.sendMessage("me", { message: "Hello **there**" });
  console.log(sent.message);
  await client.sendMessage("me", { message: "a reply", replyTo: sent, silent: true });
  await client.editMessage("me", { message: sent.id, text: "changed" });

  const result = await client.invoke(
    new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }),
  );
  console.log(result.length, me.firstName);

  const messages = await client.getMessages("me", { limit: 10 });
  for (const message of messages) {
    console.log(message.message, message.out);
  }
  for await (const message of client.iterMessages("me", { limit: 1, reverse: true })) {
    console.log("first:", message.text);
  }
  for (const again of await client.getMessages("me", { ids: [sent.id] })) console.log("again:", again.id);
  const dialogs = await client.getDialogs({ limit: 5 });
  console.log(dialogs.map((dialog) => dialog.title).join());

  await client.deleteMessages("me", [sent.id], { revoke: true });
  try {
    await client.invoke(new Api.contacts.ResolveUsername({ username: "nobody_is_this" }));
  } catch (error) {
    if (error instanceof errors.RPCError) console.log(error.errorMessage);
  }
  await client.disconnect();
})();
