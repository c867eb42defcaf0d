"""Sessions as the real libraries write them, and as they take them.

    python sessions.py make --state DIR --folder OUT    files and strings of the first account
    python sessions.py check --state DIR --tg PROGRAM   `tg` takes them over and hands them back

`make` signs in as the simulator's first account (whose key is shared beforehand), resolves a
username, so that the libraries write down somebody with an access hash, and leaves
`telethon.session`, `telethon.txt`, `kurigram.session` and `kurigram.txt`. `check` imports each of
them with `tg`, and connects with what `tg` exports; it prints a line of JSON for each outcome, as
run.py does.
"""

import argparse
import asyncio
import json
import subprocess
import tempfile
from pathlib import Path

import pyrogram
import telethon

from driver import API_HASH, API_ID
from world import Account, World

# Seconds that any step may take.
LIMIT = 60


async def make_telethon(account: Account, username: str, folder: Path) -> None:
    from telethon import TelegramClient
    from telethon.crypto import AuthKey
    from telethon.sessions import SQLiteSession, StringSession

    session = SQLiteSession(str(folder / "telethon"))
    session.set_dc(account.dc, account.host, account.port)
    session.auth_key = AuthKey(account.key)
    client = TelegramClient(session, API_ID, API_HASH)
    await client.connect()
    await client.get_me()
    await client.get_input_entity(username)
    (folder / "telethon.txt").write_text(StringSession.save(client.session) + "\n")
    await client.disconnect()


async def make_kurigram(account: Account, username: str, folder: Path) -> None:
    from pyrogram import Client
    from pyrogram.storage import SQLiteStorage

    storage = SQLiteStorage("kurigram", workdir=folder)
    await storage.open()
    await storage.dc_id(account.dc)
    await storage.server_address(account.host)
    await storage.port(account.port)
    await storage.api_id(API_ID)
    await storage.test_mode(False)
    await storage.auth_key(account.key)
    await storage.user_id(account.user_id)
    await storage.is_bot(account.is_bot)
    await storage.date(0)
    await storage.save()
    await storage.close()
    client = Client("kurigram", API_ID, API_HASH, workdir=folder)
    await client.start()
    await client.resolve_peer(username)
    (folder / "kurigram.txt").write_text(await client.export_session_string() + "\n")
    await client.stop()


async def use_telethon(account: Account, string: str) -> int:
    from telethon import TelegramClient
    from telethon.sessions import StringSession

    client = TelegramClient(StringSession(string), API_ID, API_HASH)
    await client.connect()
    user = await client.get_me()
    await client.disconnect()
    return user.id


async def use_kurigram(account: Account, string: str) -> int:
    from pyrogram import Client
    from pyrogram.storage import SQLiteStorage

    # The string says nothing of addresses: the library would go to Telegram's.
    opened = SQLiteStorage.open

    async def open_here(self):
        await opened(self)
        await self.server_address(account.host)
        await self.port(account.port)

    SQLiteStorage.open = open_here
    client = Client("used", API_ID, API_HASH, session_string=string, in_memory=True)
    await client.start()
    user = await client.get_me()
    await client.stop()
    return user.id


def tg(program: str, home: Path, *args: str) -> dict | str:
    """Runs `tg`; gives its JSON, or its text if it is none."""
    command = [program, "--home", str(home), "--output", "json", *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout) if done.stdout else ""


def take_over(program: str, home: Path, file: Path, account: Account) -> None:
    """`tg` imports a file and leaves it as it was."""
    before = file.read_bytes()
    tg(program, home, "init")
    where = f"{account.dc}={account.host}:{account.port}"
    done = tg(program, home, "account", "import", str(file), "--name", "one", "--dc", where)
    if file.read_bytes() != before or sorted(file.parent.glob(file.name + "?*")):
        raise RuntimeError("the file, or what is beside it, was changed")
    known = tg(program, home, "account", "show", "one")["user_id"]
    if known != account.user_id:
        raise RuntimeError(f"user {known} was imported, not {account.user_id}")
    if file.suffix == ".session" and done["peers"] == 0:
        raise RuntimeError("nobody whom the file knows came along")


def hand_back(program: str, home: Path, form: str, use, account: Account) -> None:
    """A library connects with what `tg` exports."""
    done = tg(program, home, "account", "export", "one", "--format", form, "--stdout")
    found = asyncio.run(asyncio.wait_for(use(account, done["session"]), LIMIT))
    if found != account.user_id:
        raise RuntimeError(f"the session is user {found}'s, not {account.user_id}'s")


def report(client: str, transport: str, check: str, step) -> None:
    line = {"client": client, "transport": transport, "check": check, "outcome": "passed"}
    try:
        step()
    except Exception as error:  # Whatever goes wrong is a finding.
        line |= {"outcome": "failed", "reason": f"{type(error).__name__}: {error}"}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def make(world: World, account: Account, folder: Path) -> None:
    username = next(user.username for user in world.users if user.username)
    for library in (make_telethon, make_kurigram):
        asyncio.run(asyncio.wait_for(library(account, username, folder), LIMIT))


def check(world: World, account: Account, program: str, folder: Path) -> None:
    make(world, account, folder)
    libraries = [
        ("telethon", f"telethon {telethon.__version__}", "telethon-string", use_telethon),
        ("kurigram", f"kurigram {pyrogram.__version__}", "pyrogram-string", use_kurigram),
    ]
    for stem, name, form, use in libraries:
        for kind in ("session", "txt"):
            file, home = folder / f"{stem}.{kind}", folder / f"home-{stem}-{kind}"
            transport = "file" if kind == "session" else "string"
            report(name, transport, "import", lambda: take_over(program, home, file, account))
            report(name, transport, "export", lambda: hand_back(program, home, form, use, account))


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes and uses sessions of the real libraries.")
    parser.add_argument("what", choices=["make", "check"])
    parser.add_argument("--state", required=True, type=Path, help="the simulator's folder")
    parser.add_argument("--folder", type=Path, help="where `make` leaves what it made")
    parser.add_argument("--tg", help="the program that `check` is about")
    args = parser.parse_args()
    world = World(args.state, "")
    account = world.people()[0]
    if args.what == "make":
        make(world, account, args.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        check(world, account, args.tg, Path(folder))


if __name__ == "__main__":
    main()
