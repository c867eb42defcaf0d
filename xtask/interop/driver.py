"""What a client has to offer so that the checks can drive it."""

import abc
import asyncio
from dataclasses import dataclass
from pathlib import Path

from world import Account

# Any numbers will do: they identify an application to Telegram, not to the simulator.
API_ID = 1
API_HASH = "0" * 32


@dataclass(frozen=True)
class Message:
    """A message as a client shows it to its user."""

    id: int
    peer: int
    out: bool
    text: str


@dataclass(frozen=True)
class Bold:
    """A bold span; offset and length in UTF-16 units."""

    offset: int
    length: int


class Refused(Exception):
    """The client raised its own error for an answer of the server."""

    def __init__(self, name: str, seconds: int | None = None):
        super().__init__(name if seconds is None else f"{name} ({seconds} s)")
        self.name = name
        self.seconds = seconds


class Driver(abc.ABC):
    """One client library, signed in as one account over one transport.

    What it knows (its session) survives `disconnect` and is there again after `connect`.
    """

    # Set by each library.
    NAME: str
    # Transport name -> whatever the library calls it.
    TRANSPORTS: dict[str, object]
    # What the library has but cannot be run here, and why.
    NOT_RUN: dict[str, str]

    def __init__(self, account: Account, transport: str, folder: Path):
        self.account = account
        self.transport = self.TRANSPORTS[transport]
        self.folder = folder
        # Incoming messages, in the order in which handlers are told of them.
        self.heard: asyncio.Queue[Message] = asyncio.Queue()
        # The `pts` in the answer to the latest first send.
        self.answered_pts: int | None = None

    @abc.abstractmethod
    async def connect(self) -> None: ...

    @abc.abstractmethod
    async def disconnect(self) -> None: ...

    @abc.abstractmethod
    async def me(self) -> tuple[int, bool]:
        """The user id, and whether it is a bot."""

    @abc.abstractmethod
    async def pts(self) -> int:
        """Where the server says that the account is in its updates."""

    @abc.abstractmethod
    async def resolve(self, username: str) -> int:
        """The user id behind a name, which the client can address from then on."""

    @abc.abstractmethod
    async def add_contact(self, phone: str, first_name: str) -> int:
        """Imports a contact by its number; gives the user id."""

    @abc.abstractmethod
    async def send(
        self, user_id: int, text: str, random_id: int, bold: Bold | None = None
    ) -> int:
        """Sends to somebody who has been resolved; gives the message id."""

    @abc.abstractmethod
    async def send_unresolved(self, user_id: int, text: str, random_id: int) -> int:
        """Sends with access hash 0, as a bot may to those who started it."""

    @abc.abstractmethod
    async def say(self, user_id: int, markdown: str) -> int:
        """Sends as the library's own users do, with a random id of its making."""

    @abc.abstractmethod
    async def dialogs(self) -> list[Message]:
        """The latest message of each conversation, the newest first."""

    @abc.abstractmethod
    async def history(self, user_id: int, limit: int) -> list[Message]:
        """The latest messages with somebody, the newest first."""
