from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from dedup.loops.lanes import Lanes, host_of
from dedup.nouns.feed import Feed
from dedup.nouns.schedule import FeedState


def states(host: str, count: int) -> list[FeedState]:
    return [FeedState(Feed(f"https://{host}/{n}")) for n in range(count)]


def nothing(state: FeedState) -> None:
    raise AssertionError(f"{state.feed.url} was left")


def test_one_at_a_time_of_a_host_and_hosts_side_by_side() -> None:
    lock, busy, met, done = threading.Lock(), set[str](), threading.Barrier(3), list[str]()

    def work(state: FeedState) -> None:
        host = host_of(state.feed.url)
        with lock:
            assert host not in busy
            busy.add(host)
        if state.feed.url.endswith("/0"):
            met.wait(10)  # the first feeds of the three hosts must be in work together
        with lock:
            busy.remove(host)
            done.append(state.feed.url)

    with ThreadPoolExecutor(3) as pool:
        lanes = Lanes(pool, work, nothing, threading.Event())
        for host in ("a", "b", "c"):
            lanes.add(states(host, 20))
        lanes.wait()
    assert sorted(done) == sorted(state.feed.url for host in ("a", "b", "c") for state in states(host, 20))
    assert [url for url in done if "//a/" in url] == [state.feed.url for state in states("a", 20)]


def test_a_long_lane_does_not_hold_up_the_others() -> None:
    done: list[str] = []
    gate = threading.Event()

    def work(state: FeedState) -> None:
        gate.wait(10)
        done.append(state.feed.url)

    with ThreadPoolExecutor(1) as pool:
        lanes = Lanes(pool, work, nothing, threading.Event())
        lanes.add(states("long", 100))
        lanes.add(states("short", 1))
        gate.set()
        lanes.wait()
    assert done.index("https://short/0") < 5


def test_a_feed_that_is_held_is_not_taken_twice() -> None:
    done: list[str] = []
    gate = threading.Event()

    def work(state: FeedState) -> None:
        gate.wait(10)
        done.append(state.feed.url)

    with ThreadPoolExecutor(2) as pool:
        lanes = Lanes(pool, work, nothing, threading.Event())
        for _ in range(3):
            lanes.add(states("a", 2))
        assert lanes.held() == 2
        gate.set()
        lanes.wait()
        lanes.add(states("a", 1))
        lanes.wait()
    assert sorted(done) == ["https://a/0", "https://a/0", "https://a/1"]


def test_what_is_in_line_when_we_stop_is_left() -> None:
    stop, begun, gate = threading.Event(), threading.Event(), threading.Event()
    done: list[FeedState] = []
    left: list[FeedState] = []

    def work(state: FeedState) -> None:
        begun.set()
        gate.wait(10)
        done.append(state)

    with ThreadPoolExecutor(1) as pool:
        lanes = Lanes(pool, work, left.append, stop)
        lanes.add(states("a", 5))
        assert begun.wait(10)
        stop.set()
        gate.set()
        lanes.wait()
    assert (done, left) == (states("a", 5)[:1], states("a", 5)[1:])


def test_one_feeds_trouble_is_not_the_lanes() -> None:
    done: list[str] = []

    def work(state: FeedState) -> None:
        done.append(state.feed.url)
        raise RuntimeError("a bug")

    with ThreadPoolExecutor(1) as pool:
        lanes = Lanes(pool, work, nothing, threading.Event())
        lanes.add(states("a", 3))
        lanes.wait()
    assert len(done) == 3


def test_hosts() -> None:
    assert host_of("https://User@H.example:8443/x") == "h.example"
    assert host_of("http://[broken/") == "http://[broken/"


def test_a_host_has_a_pause_between_two_requests_and_others_do_not_wait_for_it() -> None:
    times: dict[str, list[float]] = {"a": [], "b": []}

    def work(state: FeedState) -> None:
        times[host_of(state.feed.url)].append(time.monotonic())

    with ThreadPoolExecutor(4) as pool:
        lanes = Lanes(pool, work, nothing, threading.Event(), pause_s=0.1)
        for host in times:
            lanes.add(states(host, 5))
        lanes.wait()
        lanes.add(states("a", 1))  # right after: the pause holds although the lane was empty
        lanes.wait()
    waits = [later - earlier for host in times.values() for earlier, later in pairwise(host)]
    assert min(waits) >= 0.1
    assert abs(times["a"][0] - times["b"][0]) < 0.1


def test_a_stop_cuts_pauses_short() -> None:
    left: list[str] = []
    stop = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        lanes = Lanes(pool, lambda state: stop.set(), lambda state: left.append(state.feed.url), stop, pause_s=60)
        lanes.add(states("a", 5))
        lanes.wait()
    assert len(left) == 4
