"""What every command shares: three options, the way to a connection, and one way to end badly."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from dedup.doors.connection import Connection, open_connection
from dedup.doors.settings import Settings
from dedup.doors.settings_toml import load
from dedup.nouns.errors import DedupError, SettingsError
from dedup.spine import shapes

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
"""How a command ends: 1 also stands for "not found", 130 is what shells expect after Ctrl-C."""

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Session:
    """One call of the command line. Tests hand in an `opener` and an `environ` of their own."""

    config: Path | None = None
    data_dir: Path | None = None
    json: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    opener: Callable[[Settings], Connection] = open_connection

    def settings(self, options: Mapping[str, object] | None = None) -> Settings:
        """The settings in force. `--data-dir` means the Redis of that directory, whatever else is set."""
        place = {"data.dir": str(self.data_dir), "redis.url": ""} if self.data_dir else {}
        return load(self.environ, self.config, place | dict(options or {}))

    def connect(self) -> Connection:
        """Open dedup; raises SettingsError, EmbeddedRedisError or StoreError."""
        connection = self.opener(self.settings())
        gc.freeze()  # what is loaded stays: no need to look at it with every collection
        return connection

    def say(self, shape: object, text: Callable[[], str]) -> None:
        """Print the shape as one line of JSON when `--json` was given, otherwise the text."""
        click.echo(json.dumps(shape, ensure_ascii=False) if self.json else text())


def shared_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that stand before a command as well as after it."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON for programs."),
        click.option("--data-dir", type=click.Path(path_type=Path), help="Use the Redis of this data directory."),
        click.option("--config", type=click.Path(path_type=Path), help="Read this settings file (or DEDUP_CONFIG)."),
    ):
        command = option(command)
    return click.pass_context(command)


def door(command: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    """Make a command of a function: give it the shared options as a Session, and end it well when it fails."""

    @wraps(command)
    def opened(
        context: click.Context,
        config: Path | None,
        data_dir: Path | None,
        as_json: bool,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        session = narrowed(context.find_object(Session) or Session(), config, data_dir, as_json)
        with complaints(session.json):
            command(session, *args, **kwargs)

    return shared_options(opened)


def narrowed(session: Session, config: Path | None, data_dir: Path | None, as_json: bool) -> Session:
    """The session with the options of a command put over those before it."""
    return replace(
        session,
        config=config or session.config,
        data_dir=data_dir or session.data_dir,
        json=as_json or session.json,
    )


@contextmanager
def complaints(as_json: bool) -> Iterator[None]:
    """Turn errors into a message on standard error and an exit status; a closed pipe and Ctrl-C end quietly."""
    try:
        yield
    except DedupError as error:
        message = json.dumps(shapes.error(error), ensure_ascii=False) if as_json else f"dedup: {error}"
        click.echo(message, err=True)
        raise click.exceptions.Exit(USAGE if isinstance(error, SettingsError) else FAILED) from error
    except KeyboardInterrupt as interrupt:
        raise click.exceptions.Exit(INTERRUPTED) from interrupt
    except BrokenPipeError as closed:
        # Whoever read us has enough. Python would complain at its end that the rest cannot be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(DONE) from closed
