"""The drill itself: load, faults, quiet, verdict."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx

from bench.drill import calls, doors, inbox_page, verdict
from bench.drill.agent import Agent, Reply
from bench.drill.doors import Doors, Post
from bench.drill.faults import Fault, Faults
from bench.drill.sayings import Person, Saying, people, sayings, twice_and_shuffled
from bench.drill.screen import Screen
from bench.drill.settling import settled
from bench.drill.stack import RunningDemo
from bench.drill.traffic import Traffic
from bench.drill.window import Window
from helpdesk.simulation.place import Place

BLOWS = ("flushall", "web-1", "worker", "ai", "web-2", "redis", "postgres")
# What each kind of message is posted as; chats and calls have more than one request.
POSTS: dict[str, Callable[[Place, Saying], Post]] = {
    "sms": doors.text_message,
    "email": doors.mail,
    "whatsapp": doors.whatsapp_message,
    "whatsapp_cloud": doors.cloud_message,
}
DOORS = frozenset({*POSTS, "phone"})
# Mails are answered by the tier-1 alone, and a call that is over can't be.
UNANSWERED = frozenset({"email", "phone"})
PERSON_COUNT = 20
SCREEN_COUNT = 3
AT_ONCE = 16
SETTLE_SECONDS = 240.0
QUIET_SECONDS = 30.0
# How Twilio's double behaves: every status comes twice, in any order.
SHUFFLED = {"callbacks": {"is_shuffled": True, "duplicate_count": 1}}
# One send is taken, but its answer hangs: the worker dies while it waits for it.
HANGS = {"next": [{"hang_seconds": 8, "is_taken": True}]}


@dataclass(slots=True)
class Result:
    """What was measured, and what was not as it should be."""

    traffic: Traffic
    blows: list[Fault]
    screens: list[Screen]
    windows: dict[Person, Window]
    said: list[Saying]
    # When each text was first tried to be delivered.
    first_tried: dict[str, float] = field(default_factory=dict)
    settle_seconds: float = 0.0
    callback_count: int = 0
    longest_queue: int = 0
    complaints: list[str] = field(default_factory=list)


class Drill:
    """One run on one stack that nobody else is using."""

    def __init__(self, demo: RunningDemo, client: httpx.AsyncClient, count: int, seconds: float) -> None:
        self.demo, self.client, self.seconds = demo, client, seconds
        self.place, self.traffic = demo.place, Traffic()
        self.mark = secrets.token_hex(3)
        everybody = people(PERSON_COUNT, self.mark)
        self.said = sayings(everybody, count, self.mark)
        self.doors = Doors(client, self.traffic)
        admin, ada = demo.demo["admin"], demo.demo["agents"][0]
        self.admin = Agent(self.place, admin["api_token"], client, self.traffic)
        self.agent = Agent(self.place, ada["api_token"], client, self.traffic)
        self.screens = [Screen(self.place, admin["api_token"]) for _ in range(SCREEN_COUNT)]
        self.windows = {one: Window(self.place, self.traffic) for one in everybody if one.kind == "chat"}
        self.replies: list[Reply] = []
        self.longest_queue = 0
        self._room = asyncio.Semaphore(AT_ONCE)
        self._posts: dict[str, Post] = {}
        self.since = demo.query("SELECT now() AS at")[0]["at"]
        self._first_tried: dict[str, float] = {}

    async def run(self) -> Result:
        """Everything, in order."""
        for double in (self.place.twilio_double, self.place.graph_double):
            await self.client.post(f"{double}/behaviour", json=SHUFFLED)
        links = [*self.screens, *self.windows.values()]
        running = [asyncio.create_task(link.run()) for link in links]
        running.append(asyncio.create_task(self._watch_queue()))
        try:
            await asyncio.gather(*(link.is_ready.wait() for link in links))
            faults = Faults(self.demo, {"worker": self._send_that_hangs})
            await asyncio.gather(self._talk(), faults.run(BLOWS, self.seconds), self._answer_people())
            result = Result(self.traffic, faults.struck, self.screens, self.windows, self.said, self._first_tried)
            await self._judge(result)
        finally:
            for task in running:
                task.cancel()
        return result

    async def _watch_queue(self) -> None:
        while True:
            self.longest_queue = max(self.longest_queue, await asyncio.to_thread(self.demo.queue_length))
            await asyncio.sleep(1)

    async def _talk(self) -> None:
        """Every message twice, at a steady pace."""
        jobs = twice_and_shuffled(self.said, self.mark)
        pause = self.seconds / len(jobs)
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(self._deliver(job))
                await asyncio.sleep(pause)

    async def _deliver(self, saying: Saying) -> None:
        person = saying.person
        self._first_tried.setdefault(saying.text, time.monotonic())
        if person.kind == "chat":
            is_accepted = await self.windows[person].deliver(saying.reference, saying.text)
        else:
            async with self._room:
                is_accepted = await self._post(saying)
        if not is_accepted:
            self.agent.complaints.append(f"never accepted: {saying.text}")

    async def _post(self, saying: Saying) -> bool:
        """Twice the same bytes: a provider doesn't date a message anew."""
        kind = saying.person.kind
        if kind == "phone":
            return await calls.call(self.place, saying, self.doors)
        post = self._posts.setdefault(saying.reference, POSTS[kind](self.place, saying))
        return await self.doors.deliver(post, kind) is not None

    async def _answer_people(self) -> None:
        """An agent answers everybody who texts or chats, while all this goes on."""
        to_answer = [one for one in {saying.person: None for saying in self.said} if one.kind not in UNANSWERED]
        for number, person in enumerate(to_answer):
            await asyncio.sleep(self.seconds / (len(to_answer) + 1))
            await self._reply(person, f"Reply {self.mark}/{number}: yes, it is.")

    async def _send_that_hangs(self) -> None:
        await self.client.post(f"{self.place.twilio_double}/behaviour", json=HANGS)
        person = next(saying.person for saying in self.said if saying.person.kind == "sms")
        await self._reply(person, f"Reply {self.mark}/cut: we have put one aside.")
        await asyncio.sleep(1)

    async def _reply(self, person: Person, text: str) -> None:
        conversation = await self._conversation_of(person)
        channel = self.place.sms_channel if person.kind == "sms" else None
        self.replies.append(await self.agent.reply(conversation, person, text, channel))

    async def _conversation_of(self, person: Person) -> int:
        while True:
            if person.kind == "chat":
                found = [row["id"] for row in self.windows[person].rows.of("conversation")]
            else:
                owners = (await self.agent.get("customers/", identity=person.address))["results"]
                rows = [(await self.agent.get("conversations/", customer=one["id"]))["results"] for one in owners]
                found = [row["id"] for theirs in rows for row in theirs]
            if found:
                return int(found[0])
            await asyncio.sleep(0.5)

    async def _judge(self, result: Result) -> None:
        started_at = time.monotonic()
        left = await settled(self.demo, SETTLE_SECONDS)
        result.settle_seconds = time.monotonic() - started_at
        result.complaints += [f"never finished: {what}" for what in left]
        await self._catch_up()
        logs = await self._logs()
        result.longest_queue = self.longest_queue
        result.callback_count = len(logs.callbacks)
        accepted = sum(one.is_accepted and one.door in DOORS for one in self.traffic.exchanges)
        checks: list[Awaitable[list[str]]] = [
            verdict.ledger_adds_up(self.admin, accepted + result.callback_count),
            asyncio.to_thread(verdict.each_message_once, self.demo, self.said, self.mark),
            asyncio.to_thread(verdict.windows_saw_everything, self.demo, self.windows, self.said),
            asyncio.to_thread(verdict.replies_arrived_once, self.demo, self.replies, logs),
            asyncio.to_thread(verdict.states_only_rose, self.demo),
            self._screens_are_true(),
        ]
        for check in checks:
            result.complaints += await check
        result.complaints += self.agent.complaints + self.admin.complaints
        result.complaints += [f"{one.door} answered {one.status}: {one.text}" for one in self.traffic.faults()
                              if one.status >= 400]  # fmt: skip
        bad = [one for one in logs.callbacks if isinstance(one["answer"], int) and one["answer"] >= 400]
        result.complaints += [f"a status callback was answered {one['answer']}" for one in bad if one["answer"] != 503]
        result.complaints += [f"left behind: {process}" for process in self.demo.strays()]

    async def _logs(self) -> verdict.Logs:
        place = self.place
        doubles = (place.twilio_double, place.graph_double, place.mail_double)
        return verdict.Logs(self.since, *[(await self.client.get(f"{double}/log")).json() for double in doubles])

    async def _catch_up(self) -> None:
        """Let every socket ask for what it may have missed, and wait until all are at the end of the log."""
        newest = self.demo.query("SELECT last FROM events_eventclock")[0]["last"]
        deadline = time.monotonic() + QUIET_SECONDS
        while any(screen.seq < newest for screen in self.screens) and time.monotonic() < deadline:
            for link in (*self.screens, *self.windows.values()):
                await link.say({"type": "ping"})
            await asyncio.sleep(1)
        await asyncio.sleep(1)

    async def _screens_are_true(self) -> list[str]:
        rows = self.demo.query(verdict.WRITTEN, f"%{self.mark}/%")
        places = {row["conversation_id"] for row in rows}
        admin = self.demo.demo["admin"]
        async with inbox_page.logged_in(self.place, admin["email"], admin["password"]) as page:
            found = [await verdict.screen_shows_the_truth(self.demo, one, places, page) for one in self.screens]
        return [complaint for of_screen in found for complaint in of_screen]


async def drill(demo: RunningDemo, count: int, seconds: float) -> Result:
    """Play ``count`` messages twice over ``seconds`` seconds while everything is killed once."""
    async with AsyncExitStack() as stack:
        limits = httpx.Limits(max_connections=AT_ONCE * 2)
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False, limits=limits))
        return await Drill(demo, client, count, seconds).run()
