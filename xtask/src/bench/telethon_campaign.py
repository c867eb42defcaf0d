"""The campaign as it is written with Telethon: one client per account, a SQLite commit per message.

The people and their access hashes are known beforehand, from the same file as the bare loop's. The
ledger has one connection and a write-ahead log; its commits are not flushed to disk, as ours are, so
that the disk does not decide.
"""

import asyncio
import json
import secrets
import sqlite3
import sys

from telethon import TelegramClient
from telethon.crypto import AuthKey
from telethon.sessions import MemorySession
from telethon.tl.functions.messages import SendMessageRequest
from telethon.tl.types import InputPeerUser


async def send_all(account, people, ledger, text):
    dc = str(account["home_dc"])
    host, port = account["dcs"][dc].rsplit(":", 1)
    session = MemorySession()
    session.set_dc(account["home_dc"], host, int(port))
    session.auth_key = AuthKey(bytes.fromhex(account["keys"][dc]))
    client = TelegramClient(session, 1, "0", receive_updates=False)
    await client.connect()
    for person in people:
        request = SendMessageRequest(
            peer=InputPeerUser(person["user_id"], person["hash"]),
            message=text.replace("{}", person["first_name"]),
            random_id=secrets.randbits(63),
        )
        answer = await client(request)
        ledger.execute(
            "INSERT INTO sent (account, user_id, message_id) VALUES (?, ?, ?)",
            (account["user_id"], person["user_id"], answer.id),
        )
        ledger.commit()
    await client.disconnect()


async def main(accounts, peers, ledger, text):
    with open(accounts, encoding="utf-8") as file:
        accounts = json.load(file)
    with open(peers, encoding="utf-8") as file:
        peers = json.load(file)
    database = sqlite3.connect(ledger)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("CREATE TABLE IF NOT EXISTS sent (account INTEGER, user_id INTEGER, message_id INTEGER)")
    await asyncio.gather(
        *(send_all(accounts[int(number)], people, database, text) for number, people in peers.items())
    )
    database.close()


asyncio.run(main(*sys.argv[1:]))
