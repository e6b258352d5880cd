"""The commands that look at the ground dedup stands on: doctor, check-config."""

from __future__ import annotations

import dataclasses

import click

from dedup.doors.cli.session import FAILED, Session, door
from dedup.doors.doctor import Check, Level, examine
from dedup.doors.settings import redacted

colours = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command(short_help="Look at everything that dedup stands on.")
@door
def doctor(session: Session) -> None:
    """Look at everything dedup needs: Python, libraries, data directory, Redis, index. Say what to do where it fails.

    Exit status 1 if anything fails; warnings do not.

    \b
    Example:
      dedup doctor --data-dir /var/lib/dedup
    """
    worst = Level.OK
    for check in examine(session.settings(), session.opener):
        session.say(dataclasses.asdict(check), lambda check=check: line(check))  # type: ignore[misc]
        worst = check.level if check.level is Level.FAIL else worst
    if worst is Level.FAIL:
        raise click.exceptions.Exit(FAILED)


def line(check: Check) -> str:
    """ok, warn or fail; what was found; the way out."""
    mark = click.style(f"{check.level:<4}", fg=colours[check.level])
    way_out = f"\n      {check.way_out}" if check.way_out else ""
    return f"{mark}  {check.name}: {check.found}{way_out}"


@click.command("check-config", short_help="Show the settings in force, or what is wrong.")
@door
def check_config(session: Session) -> None:
    """Read the settings and show what is in force. All problems are told at once, with exit status 2.

    \b
    Example:
      dedup check-config --config /etc/dedup.toml
    """
    settings = session.settings()
    shown = settings.model_dump()
    shown["redis"]["url"] = redacted(settings.redis.url)

    lines = [f"{section}.{name} = {value!r}" for section, table in shown.items() for name, value in table.items()]
    session.say(shown, lambda: "\n".join(lines))
