"""
Telethon 1.25 as Debian packages it (layer 144). The runner asks on standard input, a JSON line a verb; answers go to
descriptor 3 (contract.ts). Quirks that shape this file: a sign-up is a sign-in that was refused first; the MTProxy
classes wait two seconds whenever they connect.
"""

import asyncio
import base64
import json
import os
import sys
import traceback
import urllib.parse
import urllib.request

from telethon import TelegramClient, errors, events, network
from telethon.crypto import rsa
from telethon.network.connection import tcpmtproxy
from telethon.errors.rpcerrorlist import rpc_errors_dict
from telethon.sessions import StringSession
from telethon.tl.functions.auth import (
    AcceptLoginTokenRequest,
    CheckRecoveryPasswordRequest,
    RecoverPasswordRequest,
    RequestPasswordRecoveryRequest,
    SignInRequest,
)
from telethon.tl.functions.users import GetUsersRequest
from telethon.tl.types import InputUserSelf

TRANSPORTS = {
    'full': network.ConnectionTcpFull,
    'abridged': network.ConnectionTcpAbridged,
    'intermediate': network.ConnectionTcpIntermediate,
    'obfuscated': network.ConnectionTcpObfuscated,
    'mtproxy': tcpmtproxy.ConnectionTcpMTProxyIntermediate,
    'mtproxy-abridged': tcpmtproxy.ConnectionTcpMTProxyAbridged,
    'padded': tcpmtproxy.ConnectionTcpMTProxyRandomizedIntermediate,
}
TRANSPORT = TRANSPORTS[sys.argv[1]]
SECRET = sys.argv[2] if len(sys.argv) > 2 else None
ANSWERS_FD = 3
CODE_WITHIN_MS = 5000
SERVICE_USER_ID = 777000

server = None
client = None
qr_login = None
messages = asyncio.Queue()


async def open_(ask):
    global server, client
    server = ask['server']
    rsa.add_key(server['publicKeys'][0]['pem'], old=False)
    dc = server['dcs'][0]
    app = server['apps'][0]
    session = StringSession(ask.get('session'))
    session.set_dc(dc['id'], dc['host'], dc['port'])
    proxy = (dc['host'], dc['port'], SECRET) if SECRET else None
    client = TelegramClient(session, app['apiId'], app['apiHash'], connection=TRANSPORT, proxy=proxy)
    client.add_event_handler(on_message, events.NewMessage())
    await client.connect()


async def try_code(ask):
    sent = await client.send_code_request(ask['phone'])
    await client(SignInRequest(ask['phone'], sent.phone_code_hash, ask['code']))


async def log_in(ask):
    login = ask['login']
    newest = inbox('', phone=login['phone'])['codes'][:1]
    after = {'afterId': newest[0]['id']} if newest else {}
    code = None
    typed = []

    def next_code():
        nonlocal code
        code = code or inbox('/wait', phone=login['phone'], timeoutMs=CODE_WITHIN_MS, **after)['code']
        typed.append(wrong(code, len(typed) + 1) if len(typed) < login['wrongCodes'] else code)
        return typed[-1]

    passwords = []

    def next_password():
        passwords.append(login['password'] if passwords else 'not ' + login['password'])
        return passwords[-1]

    await client.start(
        phone=login['phone'],
        code_callback=next_code,
        password=next_password if login.get('password') else no_password,
        first_name=login['firstName'],
        last_name=login['lastName'],
    )
    # A sign-up asks for the right code a second time.
    return len([each for each in typed if each != code]) + max(0, len(passwords) - 1)


def no_password():
    raise AssertionError('asked for a password the account does not have')


async def show_qr(ask):
    global qr_login
    qr = await client.qr_login()
    qr_login = asyncio.create_task(by_qr(qr, ask.get('password')))
    # It has to listen before the code is accepted.
    await asyncio.sleep(0)
    return qr.url


async def by_qr(qr, password):
    try:
        await qr.wait()
    except errors.SessionPasswordNeededError:
        try:
            await client.sign_in(password='not ' + password)
        except errors.PasswordHashInvalidError:
            await client.sign_in(password=password)


async def qr_done(ask):
    await qr_login


async def accept_qr(ask):
    query = urllib.parse.parse_qs(urllib.parse.urlparse(ask['url']).query)
    token = query['token'][0]
    await client(AcceptLoginTokenRequest(base64.urlsafe_b64decode(token + '=' * (-len(token) % 4))))


async def log_in_bot(ask):
    await client.start(bot_token=ask['token'])


async def set_password(ask):
    if 'email' not in ask:
        await client.edit_2fa(new_password=ask['password'], hint=ask['hint'])
        return
    await client.edit_2fa(
        new_password=ask['password'],
        hint=ask['hint'],
        email=ask['email'],
        email_code_callback=lambda length: newest_mail(ask['phone']),
    )


async def recover_password(ask):
    phone = ask['login']['phone']
    sent = await client.send_code_request(phone)
    code = next(each['code'] for each in inbox('', phone=phone)['codes'] if each['channel'] != 'email')
    try:
        await client.sign_in(phone, code, phone_code_hash=sent.phone_code_hash)
    except errors.SessionPasswordNeededError:
        await client(RequestPasswordRecoveryRequest())
        await client(CheckRecoveryPasswordRequest(newest_mail(phone)))
        await client(RecoverPasswordRequest(newest_mail(phone)))


def newest_mail(phone):
    return next(each['code'] for each in inbox('', phone=phone)['codes'] if each['channel'] == 'email')


async def on_message(event):
    await messages.put(event.raw_text)


async def heard(ask):
    return await messages.get()


async def service_chat(ask):
    [dialog] = [each for each in await client.get_dialogs() if each.id == SERVICE_USER_ID]
    chat = await client.get_messages(SERVICE_USER_ID, limit=100)
    return {'texts': [message.message for message in chat], 'unread': dialog.unread_count}


async def read_service_chat(ask):
    await client.send_read_acknowledge(SERVICE_USER_ID)


async def save_text(ask):
    await client.send_message('me', ask['text'])


async def saved_texts(ask):
    return [message.message for message in await client.get_messages('me', limit=100)]


async def me(ask):
    # get_me answers None for every refusal with 401; this is the question it asks.
    [user] = await client(GetUsersRequest([InputUserSelf()]))
    return {'id': str(user.id), 'phone': user.phone, 'firstName': user.first_name}


async def dc_(ask):
    return client.session.dc_id


async def session_(ask):
    return client.session.save()


async def log_out(ask):
    await client.log_out()


async def close(ask):
    await client.disconnect()


VERBS = {
    'open': open_,
    'tryCode': try_code,
    'logIn': log_in,
    'showQr': show_qr,
    'qrDone': qr_done,
    'acceptQr': accept_qr,
    'logInBot': log_in_bot,
    'setPassword': set_password,
    'recoverPassword': recover_password,
    'heard': heard,
    'serviceChat': service_chat,
    'readServiceChat': read_service_chat,
    'saveText': save_text,
    'savedTexts': saved_texts,
    'me': me,
    'dc': dc_,
    'session': session_,
    'logOut': log_out,
    'close': close,
}


def inbox(path, **query):
    url = '%s/api/codes%s?%s' % (server['console'], path, urllib.parse.urlencode(query))
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def wrong(code, step):
    """A code of the same length that is not this one."""
    return code[:-1] + str((int(code[-1]) + step) % 10)


async def answer_to(ask):
    try:
        return {'value': await VERBS[ask['verb']](ask)}
    except errors.RPCError as error:
        return {'refusal': {'code': error.code, 'text': text_of(error), 'own': True}}
    except Exception:
        return {'failure': traceback.format_exc()}


def text_of(error):
    """The server's words: of an error it has a class for, Telethon keeps only the class."""
    return next((text for text, of in rpc_errors_dict.items() if type(error) is of), error.message)


async def main():
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            os._exit(0)
        answer = await answer_to(json.loads(line))
        os.write(ANSWERS_FD, (json.dumps(answer) + '\n').encode())


asyncio.run(main())
