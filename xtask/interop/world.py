"""The simulator as the checks see it: its files, its journal and its control interface."""

import asyncio
import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path

# Seconds that the control interface may take: it answers at once or not at all.
CONTROL_TIMEOUT = 10


@dataclass(frozen=True)
class Account:
    """An account or bot whose key is shared beforehand."""

    name: str
    user_id: int
    is_bot: bool
    dc: int
    host: str
    port: int
    key: bytes


@dataclass(frozen=True)
class User:
    """Somebody who can be written to."""

    user_id: int
    username: str | None
    phone: str | None
    first_name: str
    started_bots: tuple[int, ...]


class World:
    """A running `tg-sim` and the folder in which it keeps its state."""

    def __init__(self, state: Path, control: str):
        self._state = state
        self._control = control
        self.accounts = [_account(entry) for entry in self._read("accounts.json")]
        self.users = [_user(entry) for entry in self._read("users.json")]

    def _read(self, name: str):
        return json.loads((self._state / name).read_text(encoding="utf-8"))

    def people(self) -> list[Account]:
        return [account for account in self.accounts if not account.is_bot]

    def bots(self) -> list[Account]:
        return [account for account in self.accounts if account.is_bot]

    def journal(self, account: Account) -> list[dict]:
        """What the account has delivered; a line is on disk before its answer goes out."""
        text = (self._state / "journal.jsonl").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.split("\n") if line]
        return [line for line in lines if line["from_user_id"] == account.user_id]

    async def say(self, user: User, account: Account, text: str) -> None:
        """Makes a user write to an account."""
        await self._post(
            "/say", {"from_user_id": user.user_id, "to_account": account.name, "text": text}
        )

    async def script(self, rules: list[dict]) -> None:
        """Puts these rules in the place of all others."""
        await self._post("/script", rules)

    async def calls(self, method: str) -> int:
        """How many calls of a method have been applied."""
        stats = await self._ask(urllib.request.Request(f"{self._control}/stats"))
        return stats["calls"].get(method, {}).get("ok", 0)

    async def _post(self, path: str, body) -> None:
        data = json.dumps(body).encode()
        await self._ask(urllib.request.Request(self._control + path, data=data, method="POST"))

    async def _ask(self, request: urllib.request.Request):
        def ask():
            with urllib.request.urlopen(request, timeout=CONTROL_TIMEOUT) as answer:
                return json.loads(answer.read())

        return await asyncio.to_thread(ask)


def _account(entry: dict) -> Account:
    dc = entry["home_dc"]
    host, _, port = entry["dcs"][str(dc)].rpartition(":")
    return Account(
        name=entry["name"],
        user_id=entry["user_id"],
        is_bot=entry["is_bot"],
        dc=dc,
        host=host.strip("[]"),
        port=int(port),
        key=bytes.fromhex(entry["keys"][str(dc)]),
    )


def _user(entry: dict) -> User:
    return User(
        user_id=entry["user_id"],
        username=entry["username"],
        phone=entry["phone"],
        first_name=entry["first_name"],
        started_bots=tuple(entry["started_bots"]),
    )
