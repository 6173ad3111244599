"""Who is woken, and that nobody is waited for."""

import asyncio
import threading

import pytest

from tests.classroom.clock import Clock
from tests.coroutines import run
from vaegan.classroom import push
from vaegan.classroom.limits import Rate
from vaegan.classroom.push import Broadcaster
from vaegan.errors import ClassError


def test_news_wakes_all_or_those_who_are_meant():
    async def scene() -> list[bool]:
        news = Broadcaster()
        with news.subscribe("anna") as anna, news.subscribe("bert") as bert:
            threading.Thread(target=news.publish).start()
            woken = [await anna.news(5), await bert.news(5)]
            news.publish("bert")
            return [*woken, await bert.news(5), await anna.news(0.05)]

    assert run(scene()) == [True, True, True, False]


def test_who_does_not_look_keeps_nobody_waiting_and_hears_of_many_things_once():
    async def scene() -> tuple[bool, bool, int]:
        news = Broadcaster()
        with news.subscribe("anna") as anna:
            for _ in range(10_000):
                news.publish()
            await asyncio.sleep(0)
            first, second = await anna.news(5), await anna.news(0.05)
        return first, second, len(news)

    assert run(scene()) == (True, False, 0)


def test_those_whose_loop_has_ended_are_dropped():
    news = Broadcaster()

    waiting = news.subscribe("anna")  # held here, or it would leave by itself

    async def forget() -> None:
        waiting.__enter__()

    run(forget())
    assert len(news) == 1
    news.publish("bert")
    assert len(news) == 1
    news.publish()
    assert len(news) == 0


def test_only_so_many_are_served(monkeypatch):
    monkeypatch.setattr(push, "MOST_SUBSCRIBERS", 1)

    async def scene() -> None:
        news = Broadcaster()
        with news.subscribe("anna"), pytest.raises(ClassError, match="all that it serves"), news.subscribe("bert"):
            pass

    run(scene())


def test_a_rate_counts_each_asker_alone_and_forgets():
    clock = Clock()
    rate = Rate(2, 10, clock)
    assert [rate.allows("anna") for _ in range(3)] == [True, True, False]
    assert rate.allows("bert")
    clock.now += 10
    assert rate.allows("anna")
