import { CODE, type Library, PHONE } from './snippet.ts'

export const kurigram: Library = {
  name: 'kurigram',
  title: 'kurigram (Pyrogram)',
  file: 'with_kurigram.py',
  comment: '#',
  install: 'python3 -m pip install kurigram==2.2.26',
  run: 'python3 with_kurigram.py',
  program: ({ dcId, host, port, apiId, apiHash, fingerprint, modulus }) => `\
import asyncio

from pyrogram import Client
from pyrogram.crypto import rsa
from pyrogram.types import User

MODULUS = int("${modulus}", 16)
PHONE = "${PHONE}"  # a test number: its code is always ${CODE}
CODE = "${CODE}"


def always(value):
    async def answer(_new_value=None):
        return value

    return answer


async def main():
    rsa.server_public_keys[${fingerprint}] = rsa.PublicKey(MODULUS, 65537)
    client = Client("cablegram", ${apiId}, "${apiHash}", in_memory=True)
    # The client would write Telegram's address into a new session.
    client.storage.dc_id = always(${dcId})
    client.storage.server_address = always("${host}")
    client.storage.port = always(${port})
    await client.connect()
    sent = await client.send_phone_number_code(PHONE)
    signed_in = await client.sign_in(PHONE, sent.phone_code_hash, CODE)
    if not isinstance(signed_in, User):
        await client.sign_up(PHONE, sent.phone_code_hash, "Ada", "Lovelace")
    me = await client.get_me()
    print(f"Signed in as {me.first_name} (+{me.phone_number}).")
    await client.disconnect()


asyncio.run(main())
`,
}
