"""Runs every check with one client; prints a line of JSON for each outcome.

    python run.py --client telethon --state DIR --control http://127.0.0.1:PORT

An outcome has `client`, `transport`, `check`, `outcome` (`passed`, `failed` or `not run`) and,
unless it passed, `reason`. The exit code says only whether the run came to its end.
"""

import argparse
import asyncio
import importlib
import json
import logging
import tempfile
from pathlib import Path

from checks import CHECKS, Stage, Wrong
from driver import Driver
from world import World

DRIVERS = {
    "telethon": ("with_telethon", "TelethonDriver"),
    "kurigram": ("with_kurigram", "KurigramDriver"),
}
# Seconds that one check may take.
LIMIT = 60
# Users whom each stage resolves.
USERS = 3


def report(client: str, transport: str, check: str, outcome: str, reason: str | None = None):
    line = {"client": client, "transport": transport, "check": check, "outcome": outcome}
    if reason is not None:
        line["reason"] = reason
    print(json.dumps(line, ensure_ascii=False), flush=True)


async def attempt(check, stage: Stage) -> tuple[str, str | None]:
    limit = asyncio.timeout(LIMIT)
    try:
        async with limit:
            await check(stage)
    except Wrong as error:
        return "failed", str(error)
    except Exception as error:  # Whatever a library raises is a finding.
        if limit.expired():
            return "failed", f"not through within {LIMIT} s"
        return "failed", f"{type(error).__name__}: {error}"
    return "passed", None


async def run_stage(library: type[Driver], transport: str, stage: Stage) -> None:
    for name, check in CHECKS:
        outcome, reason = await attempt(check, stage)
        report(library.NAME, transport, name, outcome, reason)
        if name == "connect" and outcome == "failed":
            for later, _ in CHECKS[1:]:
                report(library.NAME, transport, later, "not run", "it did not connect")
            break
    await stage.world.script([])
    for driver in stage.connected:
        outcome, reason = await attempt(lambda _: driver.disconnect(), stage)
        if outcome != "passed":
            report(library.NAME, transport, "disconnect", outcome, reason)


async def run(library: type[Driver], world: World, folder: Path) -> None:
    # Each transport has an account and a bot of its own: what one did is not there for the next.
    people, bots = world.people(), world.bots()
    named = [user for user in world.users if user.username]
    for n, transport in enumerate(library.TRANSPORTS):
        stage = Stage(
            world=world,
            person=library(people[n], transport, folder),
            bot=library(bots[n], transport, folder),
            users=named[n * USERS : (n + 1) * USERS],
        )
        await run_stage(library, transport, stage)
    for what, reason in library.NOT_RUN.items():
        report(library.NAME, what, "all", "not run", reason)


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks the simulator with one client.")
    parser.add_argument("--client", required=True, choices=sorted(DRIVERS))
    parser.add_argument("--state", required=True, type=Path, help="the simulator's folder")
    parser.add_argument("--control", required=True, help="its control interface")
    args = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    module, name = DRIVERS[args.client]
    library = getattr(importlib.import_module(module), name)
    world = World(args.state, args.control.rstrip("/"))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(library, world, Path(folder)))


if __name__ == "__main__":
    main()
