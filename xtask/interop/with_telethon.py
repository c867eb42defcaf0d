"""Telethon behind the checks' interface."""

from contextlib import contextmanager

import telethon
from telethon import TelegramClient, errors, events, functions, types
from telethon.crypto import AuthKey
from telethon.network import connection
from telethon.network.connection.connection import ObfuscatedConnection
from telethon.network.connection.tcpintermediate import (
    IntermediatePacketCodec,
    RandomizedIntermediatePacketCodec,
)
from telethon.network.connection.tcpobfuscated import ObfuscatedIO
from telethon.sessions import MemorySession

from driver import API_HASH, API_ID, Bold, Driver, Message, Refused


class ObfuscatedIntermediate(ObfuscatedConnection):
    """Two of the library's parts that it puts together for proxies only."""

    obfuscated_io = ObfuscatedIO
    packet_codec = IntermediatePacketCodec


class ObfuscatedPadded(ObfuscatedConnection):
    """The same with padding."""

    obfuscated_io = ObfuscatedIO
    packet_codec = RandomizedIntermediatePacketCodec


@contextmanager
def refusals():
    """Turns the library's errors into one that the checks understand."""
    try:
        yield
    except errors.FloodWaitError as error:
        raise Refused("FLOOD_WAIT", error.seconds) from error
    except errors.RPCError as error:
        raise Refused(type(error).__name__) from error


class TelethonDriver(Driver):
    NAME = f"telethon {telethon.__version__}"
    TRANSPORTS = {
        "full": connection.ConnectionTcpFull,
        "abridged": connection.ConnectionTcpAbridged,
        "intermediate": connection.ConnectionTcpIntermediate,
        "abridged+obf": connection.ConnectionTcpObfuscated,
        "intermediate+obf": ObfuscatedIntermediate,
        "padded+obf": ObfuscatedPadded,
    }
    NOT_RUN = {
        "http": "the simulator speaks TCP transports only",
        "mtproxy": "there is no MTProxy between a client and the simulator",
        "other data centre": "it makes a new key when it is sent elsewhere, "
        "and that exchange needs Telegram's private RSA keys",
    }

    def __init__(self, account, transport, folder):
        super().__init__(account, transport, folder)
        self._session = MemorySession()
        self._session.set_dc(account.dc, account.host, account.port)
        self._session.auth_key = AuthKey(account.key)
        self._client = None

    async def connect(self):
        self._client = TelegramClient(
            self._session,
            API_ID,
            API_HASH,
            connection=self.transport,
            # Sleeping out a wait would hide it from the check.
            flood_sleep_threshold=0,
            sequential_updates=True,
            catch_up=True,
        )

        async def listen(event):
            self.heard.put_nowait(_message(event.message))

        self._client.add_event_handler(listen, events.NewMessage(incoming=True))
        await self._client.connect()

    async def disconnect(self):
        if self._client:
            await self._client.disconnect()

    async def me(self):
        me = await self._client.get_me()
        return me.id, me.bot

    async def pts(self):
        return (await self._client(functions.updates.GetStateRequest())).pts

    async def resolve(self, username):
        with refusals():
            # The raw method: `get_entity` turns refusals into errors of its own.
            found = await self._client(functions.contacts.ResolveUsernameRequest(username))
        return found.peer.user_id

    async def add_contact(self, phone, first_name):
        contact = types.InputPhoneContact(1, phone, first_name, "")
        answer = await self._client(functions.contacts.ImportContactsRequest([contact]))
        return answer.imported[0].user_id

    async def send(self, user_id, text, random_id, bold: Bold | None = None):
        peer = await self._client.get_input_entity(types.PeerUser(user_id))
        return await self._send(peer, text, random_id, bold)

    async def send_unresolved(self, user_id, text, random_id):
        return await self._send(types.InputPeerUser(user_id, 0), text, random_id, None)

    async def _send(self, peer, text, random_id, bold):
        entities = [types.MessageEntityBold(bold.offset, bold.length)] if bold else None
        with refusals():
            answer = await self._client(
                functions.messages.SendMessageRequest(
                    peer, text, random_id=random_id, entities=entities
                )
            )
        if isinstance(answer, types.UpdateShortSentMessage):
            self.answered_pts = answer.pts
            return answer.id
        named = (u for u in answer.updates if isinstance(u, types.UpdateMessageID))
        return next(update.id for update in named if update.random_id == random_id)

    async def say(self, user_id, markdown):
        sent = await self._client.send_message(types.PeerUser(user_id), markdown, parse_mode="md")
        return sent.id

    async def dialogs(self):
        return [_message(dialog.message) for dialog in await self._client.get_dialogs()]

    async def history(self, user_id, limit):
        with refusals():
            messages = await self._client.get_messages(types.PeerUser(user_id), limit=limit)
        return [_message(message) for message in messages]


def _message(message) -> Message:
    return Message(message.id, message.peer_id.user_id, bool(message.out), message.message)
