"""As many Telethon clients as there are accounts in a file, each with a SQLite session of its own.

    python fleet.py ACCOUNTS FOLDER

Connects all of them, prints one line when each has said who it is, and stays until it is ended.
Telethon connects again by itself; here without end, as a service would be set up.
"""

import asyncio
import json
import sys
from pathlib import Path

from telethon import TelegramClient
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession


async def stay(account, folder, ready):
    dc = str(account["home_dc"])
    host, port = account["dcs"][dc].rsplit(":", 1)
    session = SQLiteSession(str(folder / account["name"]))
    session.set_dc(account["home_dc"], host, int(port))
    session.auth_key = AuthKey(bytes.fromhex(account["keys"][dc]))
    client = TelegramClient(
        session, 1, "0", connection_retries=None, retry_delay=1, request_retries=1_000
    )
    await client.connect()
    await client.get_me()
    ready.release()
    await client.disconnected


async def main(accounts, folder):
    with open(accounts, encoding="utf-8") as file:
        accounts = json.load(file)
    ready = asyncio.Semaphore(0)
    clients = [asyncio.create_task(stay(account, Path(folder), ready)) for account in accounts]
    for _ in accounts:
        await ready.acquire()
    print("ready", flush=True)
    await asyncio.gather(*clients)


asyncio.run(main(*sys.argv[1:]))
