"""From a TOML file, the environment and the command line to one `Settings`, with every problem told at once.

The order of precedence: an option of the command line, a variable of the environment, the file, the default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from dedup.doors.settings import Settings, redacted
from dedup.nouns.errors import Problem, SettingsError

type_names = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}

Tree = dict[str, object]


def load(
    environ: Mapping[str, str], config: Path | None = None, options: Mapping[str, object] | None = None
) -> Settings:
    """The settings in force; `options` maps full paths ("http.port") to what the command line says.

    Without `config` the file is the one that DEDUP_CONFIG names, or dedup/dedup.toml in the user's configuration
    directory if there is one. Raises SettingsError with every problem found.
    """
    origin = config or _usual_file(environ)
    tree = _read(origin) if origin else {}
    variables = {"redis.url": environ.get("DEDUP_REDIS_URL"), "data.dir": environ.get("DEDUP_DATA_DIR")}
    overlay = {path: value or None for path, value in variables.items()} | dict(options or {})
    for path, value in overlay.items():
        _put(tree, path, value)
    settings = _validate(tree, str(origin) if origin else "the defaults and the environment")
    if settings.data.dir:
        return settings
    return settings.model_copy(
        update={"data": settings.data.model_copy(update={"dir": str(default_data_dir(environ))})}
    )


def with_options(settings: Settings, options: Mapping[str, object]) -> Settings:
    """The settings with some changed: full paths ("redis.url") to values. Raises SettingsError."""
    tree: Tree = settings.model_dump()
    for path, value in options.items():
        _put(tree, path, value)
    return _validate(tree, "the options given")


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """`$XDG_DATA_HOME/dedup`, or `~/.local/share/dedup`."""
    return Path(environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "dedup"


def _usual_file(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get("DEDUP_CONFIG"):
        return Path(named)
    usual = Path(environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "dedup" / "dedup.toml"
    return usual if usual.is_file() else None


def _read(path: Path) -> Tree:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = Problem("the settings file", str(path), f"a file that can be read ({error.strerror})")
    except UnicodeDecodeError as error:
        problem = Problem("the settings file", str(path), f"a text in UTF-8 (byte {error.start} is not)")
    except tomllib.TOMLDecodeError as error:
        problem = Problem("the settings file", str(path), f"valid TOML ({error})")
    raise SettingsError(str(path), (problem,))


def _put(tree: Tree, path: str, value: object) -> None:
    """Overlay one setting; None leaves the tree as it is."""
    section, _, name = path.partition(".")
    table = tree.setdefault(section, {})
    if value is not None and isinstance(table, dict):
        table[name] = value


def _validate(tree: Tree, origin: str) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        problems = tuple(_problem(details) for details in error.errors(include_url=False))
        # The cause is left out on purpose: it would print the password of a Redis URL.
        raise SettingsError(origin, problems) from None


def _problem(details: ErrorDetails) -> Problem:
    names = [str(part) for part in details["loc"]]
    context = details.get("ctx", {})
    if details["type"] == "across":
        return Problem(".".join([*names, context["setting"]]), context["value"], context["expected"])
    path, value = ".".join(names), details["input"]
    if details["type"] == "extra_forbidden":
        return Problem(path, value, _nearest(names))
    if path == "redis.url":
        value = redacted(str(value))
    return Problem(path, value, f"expected {_expectation(names)}")


def _nearest(names: list[str]) -> str:
    """What to say of an unknown setting: where it belongs, or the known one most like it, or all there are."""
    known = list(known_paths())
    path, name = ".".join(names), names[-1]
    homes = [other for other in known if other.rpartition(".")[2] == name]
    if close := homes or get_close_matches(path, known, n=1, cutoff=0.6):
        return f"unknown; did you mean {close[0]}?"
    siblings = _section(names[0]) if len(names) > 1 else Settings.model_fields
    return f"unknown; there are {', '.join(siblings)}"


def known_paths() -> Iterator[str]:
    """The full path of every section and every setting: "window", "window.days", ..."""
    for section in Settings.model_fields:
        yield section
        yield from (f"{section}.{name}" for name in _section(section))


def _section(name: str) -> dict[str, FieldInfo]:
    section = Settings.model_fields[name].annotation
    return section.model_fields if isinstance(section, type) and issubclass(section, BaseModel) else {}


def _expectation(names: list[str]) -> str:
    """What would be right at this place, in words."""
    return expectation(_section(names[0])[names[1]]) if len(names) > 1 else f"a table: [{names[0]}]"


def expectation(field: FieldInfo) -> str:
    """What a setting may be, in words: "a whole number from 1 to 365"."""
    if get_origin(field.annotation) is Literal:
        return "one of " + ", ".join(map(str, get_args(field.annotation)))
    if field.description:
        return field.description
    least = next((mark.ge for mark in field.metadata if hasattr(mark, "ge")), None)
    most = next((mark.le for mark in field.metadata if hasattr(mark, "le")), None)
    name = (
        type_names.get(field.annotation, "something else") if isinstance(field.annotation, type) else "something else"
    )
    return name if least is None else f"{name} from {least} to {most}"
