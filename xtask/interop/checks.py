"""What every client has to find, over every transport."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from driver import Bold, Driver, Message, Refused
from world import User, World

# Seconds that a client may take to tell its handlers of a message.
PATIENCE = 20
# More than the simulator puts into one answer of updates.getDifference.
MANY = 120
# Sends that are under way at once.
BURST = 20
# UTF-16 units that a message may have.
LONGEST = 4096


class Wrong(AssertionError):
    """The simulator or the client did not do what was expected."""


def expect(what: str, found, wanted) -> None:
    if found != wanted:
        raise Wrong(f"{what}: {found!r} instead of {wanted!r}")


@dataclass
class Stage:
    """One client signed in as an account, another as a bot, and what they have done so far."""

    world: World
    person: Driver
    bot: Driver
    # Users with a username, for this stage alone.
    users: list[User]
    # The message that `send` sent, for those who come after it.
    first_id: int = 0
    random_id: int = 1000
    connected: list[Driver] = field(default_factory=list)

    @property
    def friend(self) -> User:
        return self.users[0]

    def next_random_id(self) -> int:
        self.random_id += 1
        return self.random_id

    def journal(self) -> list[dict]:
        return self.world.journal(self.person.account)

    async def connect(self, driver: Driver) -> None:
        self.connected.append(driver)
        await driver.connect()


async def hear(driver: Driver, count: int) -> list[str]:
    """The next texts that handlers are told of."""
    texts = []
    try:
        async with asyncio.timeout(PATIENCE):
            while len(texts) < count:
                texts.append((await driver.heard.get()).text)
    except TimeoutError as error:
        raise Wrong(f"heard {len(texts)} of {count} messages") from error
    return texts


async def connect(stage: Stage) -> None:
    await stage.connect(stage.person)
    account = stage.person.account
    expect("who I am", await stage.person.me(), (account.user_id, False))


async def resolve(stage: Stage) -> None:
    for user in stage.users:
        expect(f"@{user.username}", await stage.person.resolve(user.username), user.user_id)


async def contact(stage: Stage) -> None:
    user = next(user for user in stage.world.users if user.phone)
    found = await stage.person.add_contact(user.phone, user.first_name)
    expect("the imported contact", found, user.user_id)


async def send(stage: Stage) -> None:
    text, random_id = "Hello from a client of another making", stage.next_random_id()
    stage.first_id = await stage.person.send(stage.friend.user_id, text, random_id)
    line = stage.journal()[-1]
    found = {key: line[key] for key in ("to_user_id", "message_id", "random_id", "text")}
    wanted = {
        "to_user_id": stage.friend.user_id,
        "message_id": stage.first_id,
        "random_id": str(random_id),
        "text": text,
    }
    expect("the journal's line", found, wanted)
    # Neither client acts on the counter in this answer; others do.
    expect("the counter in the answer", stage.person.answered_pts, await stage.person.pts())


async def repeat(stage: Stage) -> None:
    before = len(stage.journal())
    again = await stage.person.send(stage.friend.user_id, "whatever it says now", stage.random_id)
    expect("the id of the repeated message", again, stage.first_id)
    # The same number towards somebody else is another message.
    other = await stage.person.send(stage.users[1].user_id, "to another", stage.random_id)
    expect("another person's message is new", other > stage.first_id, True)
    expect("new lines in the journal", len(stage.journal()) - before, 1)


async def formatted(stage: Stage) -> None:
    # The face takes two UTF-16 units.
    text, bold = "\N{GRINNING FACE} bold plain", Bold(3, 4)
    await stage.person.send(stage.friend.user_id, text, stage.next_random_id(), bold)
    line = stage.journal()[-1]
    expect("the text", line["text"], text)
    expect("its entities", line["entities"], [{"type": "bold", "offset": 3, "length": 4}])


async def long_text(stage: Stage) -> None:
    """Long frames, and requests that clients compress."""
    for text in ("word " * 200 + "end", "x" * LONGEST):
        await stage.person.send(stage.friend.user_id, text, stage.next_random_id())
        expect("the length in the journal", len(stage.journal()[-1]["text"]), len(text))
    latest = await stage.person.history(stage.friend.user_id, 1)
    expect("the length that comes back", len(latest[0].text), LONGEST)
    try:
        await stage.person.send(stage.friend.user_id, "x" * (LONGEST + 1), stage.next_random_id())
    except Refused as refused:
        expect("the refusal", refused.name, "MessageTooLongError")
    else:
        raise Wrong("a text beyond the limit was taken")


async def burst(stage: Stage) -> None:
    """Calls that are under way at once, which clients put into containers."""
    before = len(stage.journal())
    numbers = [stage.next_random_id() for _ in range(BURST)]
    person, to = stage.person, stage.friend.user_id
    ids = await asyncio.gather(*(person.send(to, f"burst {n}", n) for n in numbers))
    expect("different ids", len(set(ids)), BURST)
    lines = {int(line["random_id"]): line["message_id"] for line in stage.journal()[before:]}
    expect("the journal's ids", lines, dict(zip(numbers, ids)))


async def history(stage: Stage) -> None:
    with_friend = [
        Message(line["message_id"], stage.friend.user_id, True, line["text"])
        for line in stage.journal()
        if line["to_user_id"] == stage.friend.user_id
    ]
    # Some clients show a text without the spaces around it: none of these has any.
    found = await stage.person.history(stage.friend.user_id, len(with_friend) + 10)
    expect("the history", found, with_friend[::-1])


async def own_way(stage: Stage) -> None:
    """The library's own function for sending, with all the fields that it fills in."""
    message_id = await stage.person.say(stage.friend.user_id, "the **usual** way")
    line = stage.journal()[-1]
    expect("the message id", line["message_id"], message_id)
    expect("the text", line["text"], "the usual way")
    expect("its entities", line["entities"], [{"type": "bold", "offset": 4, "length": 5}])


async def dialogs(stage: Stage) -> None:
    latest = {line["to_user_id"]: line for line in stage.journal()}
    newest_first = sorted(latest.values(), key=lambda line: -line["message_id"])
    wanted = [(line["to_user_id"], line["message_id"]) for line in newest_first]
    found = [(message.peer, message.id) for message in await stage.person.dialogs()]
    expect("conversations and their latest messages", found, wanted)


async def refusal(stage: Stage) -> None:
    try:
        await stage.person.resolve("nobody_has_this_name")
    except Refused as refused:
        expect("the refusal", refused.name, "UsernameNotOccupiedError")
    else:
        raise Wrong("a name that nobody has was found")
    account = stage.person.account.name
    rule = {
        "on": {"method": "messages.sendMessage", "account": account},
        "do": {"rpc_error": [420, "FLOOD_WAIT_31"]},
        "times": 1,
    }
    await stage.world.script([rule])
    before = len(stage.journal())
    try:
        await stage.person.send(stage.friend.user_id, "too fast", stage.next_random_id())
    except Refused as refused:
        expect("the wait", (refused.name, refused.seconds), ("FLOOD_WAIT", 31))
    else:
        raise Wrong("the wait was not noticed")
    expect("new lines in the journal", len(stage.journal()) - before, 0)


async def pushed(stage: Stage) -> None:
    for text in ("I have a question", "STOP", "\N{WAVING HAND SIGN} спасибо"):
        await stage.world.say(stage.friend, stage.person.account, text)
        expect("what was heard", await hear(stage.person, 1), [text])
    latest = await stage.person.history(stage.friend.user_id, 1)
    expect("the direction of the latest", latest[0].out, False)


async def missed(stage: Stage) -> None:
    """Enough of them that the difference comes in slices."""
    await stage.person.disconnect()
    before = await stage.world.calls("updates.getDifference")
    said = [f"while you were away {n}" for n in range(MANY)]
    for n, text in enumerate(said):
        await stage.world.say(stage.users[n % 2], stage.person.account, text)
    await stage.person.connect()
    expect("what was missed", await hear(stage.person, MANY), said)
    asked = await stage.world.calls("updates.getDifference") - before
    expect("it was asked for", asked >= 2, True)
    # And the next one is heard as it comes, after all of those and none of them twice.
    await stage.world.say(stage.friend, stage.person.account, "welcome back")
    expect("what was heard then", await hear(stage.person, 1), ["welcome back"])


async def cut(stage: Stage) -> None:
    """The connection is lost when the message has been delivered and not yet answered."""
    rule = {
        "on": {"method": "messages.sendMessage", "account": stage.person.account.name},
        "do": {"drop": "after"},
        "times": 1,
    }
    before = len(stage.journal())
    await stage.world.script([rule])
    to, random_id = stage.friend.user_id, stage.next_random_id()
    message_id = await stage.person.send(to, "once and only once", random_id)
    new = [line["message_id"] for line in stage.journal()[before:]]
    expect("new messages in the journal", new, [message_id])
    # The new connection is as good as the old one.
    await stage.world.say(stage.friend, stage.person.account, "still there?")
    expect("what was heard", await hear(stage.person, 1), ["still there?"])


async def bot(stage: Stage) -> None:
    await stage.connect(stage.bot)
    account, world = stage.bot.account, stage.world
    expect("who I am", await stage.bot.me(), (account.user_id, True))
    named = [user for user in world.users if user.username]
    friend = next(user for user in named if account.user_id in user.started_bots)
    stranger = next(user for user in named if account.user_id not in user.started_bots)
    await stage.bot.send_unresolved(friend.user_id, "Hello from a bot", stage.next_random_id())
    expect("the journal's line", world.journal(account)[-1]["to_user_id"], friend.user_id)
    await world.say(friend, account, "/help")
    expect("what was heard", await hear(stage.bot, 1), ["/help"])
    expect("the stranger", await stage.bot.resolve(stranger.username), stranger.user_id)
    before = len(world.journal(account))
    for attempt, name in (
        (stage.bot.send(stranger.user_id, "hello", stage.next_random_id()), "PeerIdInvalidError"),
        (stage.bot.history(friend.user_id, 1), "BotMethodInvalidError"),
    ):
        try:
            await attempt
        except Refused as refused:
            expect("the refusal", refused.name, name)
        else:
            raise Wrong(f"a bot was allowed what is refused with {name}")
    expect("new lines in the journal", len(world.journal(account)) - before, 0)


# In this order: each may build on those before it.
CHECKS: list[tuple[str, Callable[[Stage], Awaitable[None]]]] = [
    ("connect", connect),
    ("resolve", resolve),
    ("contact", contact),
    ("send", send),
    ("repeat", repeat),
    ("formatted", formatted),
    ("own way", own_way),
    ("long text", long_text),
    ("burst", burst),
    ("history", history),
    ("dialogs", dialogs),
    ("refusal", refusal),
    ("pushed", pushed),
    ("missed", missed),
    ("cut", cut),
    ("bot", bot),
]
