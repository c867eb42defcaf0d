"""Kurigram, which is imported as `pyrogram`, behind the checks' interface."""

import re
from contextlib import contextmanager

import pyrogram
from pyrogram import Client, enums, errors, filters, raw
from pyrogram.connection import transport as transports
from pyrogram.handlers import MessageHandler
from pyrogram.storage import SQLiteStorage

from driver import API_HASH, API_ID, Bold, Driver, Message, Refused

# Seconds after which the library repeats a call whose answer it has not seen.
PATIENCE = 3


@contextmanager
def refusals():
    """Turns the library's errors into one that the checks understand."""
    try:
        yield
    except errors.FloodWait as error:
        raise Refused("FLOOD_WAIT", error.value) from error
    except errors.RPCError as error:
        # The library's classes are named as Telethon's are, but for the ending.
        raise Refused(f"{re.sub('Error$', '', type(error).__name__)}Error") from error


class KurigramDriver(Driver):
    NAME = f"kurigram {pyrogram.__version__}"
    TRANSPORTS = {
        "full": transports.TCPFull,
        "abridged": transports.TCPAbridged,
        "intermediate": transports.TCPIntermediate,
        "padded": transports.TCPIntermediatePadded,
        "abridged+obf": transports.TCPAbridgedO,
        "intermediate+obf": transports.TCPIntermediateO,
    }
    NOT_RUN = {
        "mtproxy": "there is no MTProxy between a client and the simulator",
        "web proxy": "there is no relay between a client and the simulator",
        "other data centre": "it makes a new key when it is sent elsewhere, "
        "and that exchange needs Telegram's private RSA keys",
    }

    def __init__(self, account, transport, folder):
        super().__init__(account, transport, folder)
        self._client = None

    async def connect(self):
        if not self._client:
            await self._sign_in()
        # A client object is not made for a second start: the session file is what lasts.
        self._client = Client(
            self.account.name,
            API_ID,
            API_HASH,
            workdir=self.folder,
            protocol_factory=self.transport,
            # One worker tells handlers of messages in their order.
            workers=1,
            skip_updates=False,
            sleep_threshold=0,
        )

        async def listen(_client, message):
            self.heard.put_nowait(_message(message))

        self._client.add_handler(MessageHandler(listen, filters.incoming))
        await self._client.start()

    async def _sign_in(self):
        """Writes the session file that a sign-in would have left."""
        storage = SQLiteStorage(self.account.name, workdir=self.folder)
        await storage.open()
        await storage.dc_id(self.account.dc)
        await storage.server_address(self.account.host)
        await storage.port(self.account.port)
        await storage.api_id(API_ID)
        await storage.test_mode(False)
        await storage.auth_key(self.account.key)
        await storage.user_id(self.account.user_id)
        await storage.is_bot(self.account.is_bot)
        await storage.save()
        await storage.close()

    async def disconnect(self):
        if self._client and self._client.is_connected:
            await self._client.stop()

    async def me(self):
        me = await self._client.get_me()
        return me.id, me.is_bot

    async def pts(self):
        return (await self._client.invoke(raw.functions.updates.GetState())).pts

    async def resolve(self, username):
        with refusals():
            user = await self._client.get_users(username)
        return user.id

    async def add_contact(self, phone, first_name):
        contact = raw.types.InputPhoneContact(
            client_id=1, phone=phone, first_name=first_name, last_name=""
        )
        call = raw.functions.contacts.ImportContacts(contacts=[contact])
        answer = await self._client.invoke(call)
        return answer.imported[0].user_id

    async def send(self, user_id, text, random_id, bold: Bold | None = None):
        peer = await self._client.resolve_peer(user_id)
        return await self._send(peer, text, random_id, bold)

    async def send_unresolved(self, user_id, text, random_id):
        peer = raw.types.InputPeerUser(user_id=user_id, access_hash=0)
        return await self._send(peer, text, random_id, None)

    async def _send(self, peer, text, random_id, bold):
        entities = None
        if bold:
            entities = [raw.types.MessageEntityBold(offset=bold.offset, length=bold.length)]
        with refusals():
            answer = await self._client.invoke(
                raw.functions.messages.SendMessage(
                    peer=peer, message=text, random_id=random_id, entities=entities
                ),
                timeout=PATIENCE,
            )
        if isinstance(answer, raw.types.UpdateShortSentMessage):
            self.answered_pts = answer.pts
            return answer.id
        named = (u for u in answer.updates if isinstance(u, raw.types.UpdateMessageID))
        return next(update.id for update in named if update.random_id == random_id)

    async def say(self, user_id, markdown):
        mode = enums.ParseMode.MARKDOWN
        sent = await self._client.send_message(user_id, markdown, parse_mode=mode)
        return sent.id

    async def dialogs(self):
        return [_message(dialog.top_message) async for dialog in self._client.get_dialogs()]

    async def history(self, user_id, limit):
        with refusals():
            messages = self._client.get_chat_history(user_id, limit=limit)
            return [_message(message) async for message in messages]


def _message(message) -> Message:
    return Message(message.id, message.chat.id, bool(message.outgoing), str(message.text or ""))
