"""The HTTP door over a real socket: its routes, its shapes, and one shape for every error."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from dedup.loops.server import HttpServer, build_app
from dedup.loops.server.pushes import MOST_PUSHED
from dedup.nouns.errors import SettingsError
from dedup.nouns.feed import Feed
from tests.tiny import TinyStore, tiny_desk

URL = "https://n.example/a/?q=1&r=ü#x"
ARTICLES = [
    {"id": "a", "title": "Storm", "text": "a storm", "url": "https://n.example/a", "published": "2026-01-02"},
    {"id": URL, "title": "Storm", "text": "A storm"},
    {"id": "slash/", "title": "Other", "text": "no storm"},
]
MAX_BODY_BYTES = 50_000


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[TinyStore, httpx.Client]]:
    """A store, and a client of a real server before it."""
    store, stop = TinyStore(), threading.Event()
    server = HttpServer(build_app(tiny_desk(store), stop, MAX_BODY_BYTES), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    with httpx.Client(base_url=server.url, timeout=10) as client:
        yield store, client
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def store(served: tuple[TinyStore, httpx.Client]) -> TinyStore:
    """The store with nothing in it but three articles."""
    vars(served[0]).update(vars(TinyStore()))
    tiny_desk(served[0]).ingest(ARTICLES)
    return served[0]


@pytest.fixture
def http(served: tuple[TinyStore, httpx.Client], store: TinyStore) -> httpx.Client:
    """A client of the server before that store."""
    return served[1]


def error_type(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"type", "message"}
    return response.status_code, body["error"]["type"]


def test_an_article(http: httpx.Client) -> None:
    assert http.get("/v1/articles/a").json() == {
        "id": "a", "url": "https://n.example/a", "source": "n.example", "title": "Storm", "lang": None,
        "published": "2026-01-02T00:00:00Z", "clock": "feed", "versions": 1, "cluster": "a", "text": "a storm",
    }  # fmt: skip


CLUSTER = {
    "cluster": "a",
    "articles": [
        {"id": "a", "relation": None, "score": None, "via": None},
        {"id": URL, "relation": "copy", "score": 0.99, "via": "a"},
    ],
    "version": 2,
    "replaced_by": None,
}


@pytest.mark.parametrize("name", [quote(URL, safe=""), quote(URL, safe="/:")])
def test_ids_may_be_urls(http: httpx.Client, name: str) -> None:
    assert http.get(f"/v1/articles/{name}").json()["id"] == URL
    assert http.get(f"/v1/articles/{name}/cluster").json() == CLUSTER
    assert http.get("/v1/articles/slash/").json()["id"] == "slash/"


def test_articles_by_url(http: httpx.Client) -> None:
    found = http.get("/v1/articles", params={"url": "https://n.example/a#top"}).json()
    assert [each["id"] for each in found["articles"]] == ["a"]
    assert http.get("/v1/articles", params={"url": "https://elsewhere.example"}).json() == {"articles": []}


def test_clusters(http: httpx.Client) -> None:
    assert http.get("/v1/clusters/a").json() == CLUSTER
    assert http.get("/v1/clusters", params={"min_size": 2}).json() == {"clusters": [CLUSTER], "after": None}
    first = http.get("/v1/clusters", params={"limit": 1}).json()
    second = http.get("/v1/clusters", params={"limit": 1, "after": first["after"]}).json()
    assert [page["clusters"][0]["cluster"] for page in (first, second)] == ["a", "slash/"]
    assert second["after"] is None


def test_explain(http: httpx.Client) -> None:
    explained = http.get("/v1/explain", params={"a": "a", "b": URL}).json()
    assert (explained["together"], explained["probability"], explained["facts"]) == (True, 0.9526, {"numbers": 1.0})


def test_similar_stores_nothing(http: httpx.Client, store: TinyStore) -> None:
    found = http.post("/v1/similar", json={"title": "Storm", "text": "some storm"}).json()
    assert [match["id"] for match in found["matches"]] == ["a", URL]
    assert len(store.articles) == 3


@pytest.mark.parametrize("path", ["/v1/similar", "/v1/articles"])
def test_a_date_of_hundreds_of_digits_is_no_error(http: httpx.Client, path: str) -> None:
    body = '{"id": "far", "title": "Storm", "text": "some storm", "published": 1%s}' % ("0" * 400)
    assert http.post(path, content=body, headers={"content-type": "application/json"}).status_code == 200


def test_events_page_and_wait(http: httpx.Client, store: TinyStore) -> None:
    first = http.get("/v1/events", params={"limit": 2}).json()
    assert [(each["kind"], each["cluster"], each["version"]) for each in first["events"]] == [
        ("created", "a", 1),
        ("joined", "a", 2),
    ]
    rest = http.get("/v1/events", params={"after": first["after"]}).json()
    assert [each["articles"] for each in rest["events"]] == [["slash/"]]
    assert rest["lost"] is False
    store.gone = 1
    assert http.get("/v1/events", params={"after": "0"}).json()["lost"] is True
    writer = threading.Timer(0.05, lambda: tiny_desk(store).ingest([{"id": "d", "title": "D", "text": "d d"}]))
    writer.start()
    waited = http.get("/v1/events", params={"after": rest["after"], "wait": 5}).json()
    writer.join()
    assert [each["articles"] for each in waited["events"]] == [["d"]]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/clusters"])
def test_what_is_no_cursor_is_the_askers_mistake(http: httpx.Client, path: str) -> None:
    answer = http.get(path, params={"after": "bogus"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (422, "input")


def test_feeds_status_health(http: httpx.Client, store: TinyStore) -> None:
    store.follow([Feed("https://n.example/feed")])
    assert [feed["url"] for feed in http.get("/v1/feeds").json()["feeds"]] == ["https://n.example/feed"]
    assert http.get("/v1/status").json()["feeds"] == 1
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ready"}
    metrics = http.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'dedup_feeds{state="fine"} 1\n' in metrics.text


ONE = {"id": "n", "title": "New", "text": "new text"}
NDJSON = {"content-type": "application/x-ndjson"}


@pytest.mark.parametrize(
    ("body", "headers", "counts", "received"),
    [
        (json.dumps(ONE), {}, (1, 1, 0, 0), [("n", "n")]),
        (json.dumps(ONE, indent=1), {}, (1, 1, 0, 0), [("n", "n")]),
        (json.dumps([ONE, {**ONE, "id": "m"}]), {}, (2, 2, 0, 0), [("n", "n"), ("m", "n")]),
        ("[]", {}, (0, 0, 0, 0), []),
        (json.dumps(ONE) + "\n", NDJSON, (1, 1, 0, 0), [("n", "n")]),
        (f"{json.dumps(ONE)}\r\n\r\n{json.dumps({**ONE, 'id': 'm'})}\n", {}, (2, 2, 0, 0), [("n", "n"), ("m", "n")]),
        (f"{json.dumps(ONE)}\nbroken\n", {}, (2, 1, 0, 1), [("n", "n"), (None, None)]),
        (json.dumps([ONE, 3]), {}, (2, 1, 0, 1), [("n", "n"), (None, None)]),
        (json.dumps({**ONE, "text": "x"}), {}, (1, 0, 1, 0), [("n", None)]),
    ],
)
def test_a_push(
    http: httpx.Client,
    body: str,
    headers: dict[str, str],
    counts: tuple[int, ...],
    received: list[tuple[str | None, str | None]],
) -> None:
    answer = http.post("/v1/articles", content=body, headers=headers).json()
    assert tuple(answer[name] for name in ("accepted", "clustered", "skipped", "failed")) == counts
    assert [(each["id"], each["cluster"]) for each in answer["articles"]] == received


def test_what_is_wrong_with_one_line_is_in_its_place(http: httpx.Client) -> None:
    answer = http.post("/v1/articles", content=f"{json.dumps(ONE)}\n{{}}\n", headers=NDJSON).json()
    assert answer["articles"][1]["error"] == "article 2: text: missing"


@pytest.mark.parametrize(
    ("method", "path", "content", "expected"),
    [
        ("GET", "/v1/articles/unknown", None, (404, "not_found")),
        ("GET", "/v1/articles/unknown/cluster", None, (404, "not_found")),
        ("GET", "/v1/clusters/unknown", None, (404, "not_found")),
        ("GET", "/v1/explain?a=a&b=unknown", None, (404, "not_found")),
        ("GET", "/v1/nothing", None, (404, "not_found")),
        ("GET", "/", None, (404, "not_found")),
        ("GET", "/v1/articles", None, (422, "input")),
        ("GET", "/v1/explain?a=a", None, (422, "input")),
        ("GET", "/v1/clusters?limit=0", None, (422, "input")),
        ("GET", "/v1/events?wait=forever", None, (422, "input")),
        ("DELETE", "/v1/articles/a", None, (405, "method_not_allowed")),
        ("POST", "/v1/articles", "", (400, "bad_request")),
        ("POST", "/v1/articles", "{", (400, "bad_request")),
        ("POST", "/v1/articles", "broken\n{}\n", (400, "bad_request")),
        ("POST", "/v1/articles", "3", (422, "input")),
        ("POST", "/v1/articles", '{"title": "no text"}', (422, "input")),
        ("POST", "/v1/articles", "[1, 2]", (422, "input")),
        ("POST", "/v1/articles", "x" * (MAX_BODY_BYTES + 1), (413, "too_large")),
        ("POST", "/v1/similar", "[]", (422, "input")),
        ("POST", "/v1/similar", "{", (400, "bad_request")),
        ("POST", "/v1/similar", '{"text": 3}', (422, "input")),
    ],
)
def test_every_error_has_one_shape(
    http: httpx.Client, method: str, path: str, content: str | None, expected: tuple[int, str]
) -> None:
    assert error_type(http.request(method, path, content=content)) == expected


def test_a_body_that_does_not_say_its_length_is_capped(http: httpx.Client) -> None:
    chunks = (b"x" * 5_000 for _ in range(12))
    assert error_type(http.post("/v1/articles", content=chunks)) == (413, "too_large")


@pytest.mark.parametrize("body", ["[" + "0," * MOST_PUSHED + "0]", "{}\n" * (MOST_PUSHED + 1)])
def test_of_too_many_articles_nothing_is_made(store: TinyStore, http: httpx.Client, body: str) -> None:
    refused = http.post("/v1/articles", content=body)
    assert error_type(refused) == (413, "too_large")
    assert "more than 10000 articles" in refused.json()["error"]["message"]
    assert store.buried == []
    assert store.totals == {}


def test_while_redis_is_away(http: httpx.Client, store: TinyStore) -> None:
    store.away = True
    for path in ("/readyz", "/v1/articles/a", "/v1/clusters", "/v1/events", "/v1/feeds"):
        response = http.get(path)
        assert error_type(response) == (503, "store")
        assert response.headers["retry-after"] == "5"
    assert http.get("/healthz").status_code == 200
    assert error_type(http.post("/v1/articles", json=ONE)) == (503, "store")


def test_what_nobody_thought_of(
    http: httpx.Client, store: TinyStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "feeds", lambda: 1 / 0)
    assert error_type(http.get("/v1/feeds")) == (500, "internal")
    assert "ZeroDivisionError" in caplog.text


def test_openapi_lists_every_route_with_its_errors(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()
    routes = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert routes == {
        ("GET", "/v1/articles"), ("POST", "/v1/articles"), ("GET", "/v1/articles/{article_id}"),
        ("GET", "/v1/articles/{article_id}/cluster"), ("GET", "/v1/clusters"), ("GET", "/v1/clusters/{cluster_id}"),
        ("POST", "/v1/similar"), ("GET", "/v1/explain"), ("GET", "/v1/events"), ("GET", "/v1/feeds"),
        ("GET", "/v1/status"), ("GET", "/healthz"), ("GET", "/readyz"),
    }  # fmt: skip
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            wanted = {"404", "409", "422", "503"} | ({"400", "413"} if method == "post" else set())
            assert wanted <= set(operation["responses"]), path
            for status in wanted:
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorShape"}, (path, status)
            assert operation["responses"]["200"]["content"]["application/json"]["schema"], path


def test_waiting_for_events_does_not_delay_the_end() -> None:
    store, stop = TinyStore(), threading.Event()
    server = HttpServer(build_app(tiny_desk(store), stop, MAX_BODY_BYTES), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    assert httpx.get(f"{server.url}/v1/events", params={"wait": 60}, timeout=30).json()["events"] == []
    thread.join(10)
    assert time.monotonic() - started < 10


def test_a_port_in_use_is_told_at_once(store: TinyStore) -> None:
    app = build_app(tiny_desk(store), threading.Event(), MAX_BODY_BYTES)
    first = HttpServer(app, "127.0.0.1", 0)
    port = int(first.url.rpartition(":")[2])
    with pytest.raises(SettingsError, match="already in use"):
        HttpServer(app, "127.0.0.1", port)
    first.close()
