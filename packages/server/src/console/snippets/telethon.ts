import { CODE, type Library, PHONE } from './snippet.ts'

export const telethon: Library = {
  name: 'telethon',
  title: 'Telethon',
  file: 'with_telethon.py',
  comment: '#',
  install: 'python3 -m pip install telethon==1.45.0',
  run: 'python3 with_telethon.py',
  program: ({ dcId, host, port, apiId, apiHash, pem }) => `\
import asyncio

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.errors import PhoneNumberUnoccupiedError
from telethon.sessions import StringSession
from telethon.tl.functions.auth import SignUpRequest

PUBLIC_KEY = """${pem}"""
PHONE = "${PHONE}"  # a test number: its code is always ${CODE}
CODE = "${CODE}"


async def main():
    rsa.add_key(PUBLIC_KEY, old=False)
    session = StringSession()
    session.set_dc(${dcId}, "${host}", ${port})
    client = TelegramClient(session, ${apiId}, "${apiHash}")
    await client.connect()
    sent = await client.send_code_request(PHONE)
    try:
        await client.sign_in(PHONE, CODE)
    except PhoneNumberUnoccupiedError:
        # Telethon does not sign up; the method of the API does.
        await client(SignUpRequest(PHONE, sent.phone_code_hash, "Ada", "Lovelace"))
    me = await client.get_me()
    print(f"Signed in as {me.first_name} (+{me.phone}).")
    await client.disconnect()


asyncio.run(main())
`,
}
