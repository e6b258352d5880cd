"""The command line. Each command is a thin door to the desk; `dedup --help` shows them in the order of use."""

from __future__ import annotations

from pathlib import Path

import click

from dedup.doors.cli.asking import clusters, events, explain, lookup, status
from dedup.doors.cli.checking import check_config, doctor
from dedup.doors.cli.following import feeds
from dedup.doors.cli.handing_in import ingest
from dedup.doors.cli.running import poll, run, serve, work
from dedup.doors.cli.session import Session, narrowed, shared_options


class InOrderOfUse(click.Group):
    """Lists its commands as they were added, not by alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return list(self.commands)


@click.group(cls=InOrderOfUse, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dedup", prog_name="dedup")
@shared_options
def main(context: click.Context, config: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Watch news feeds, and tell which articles are copies, excerpts, revisions or translations of which.

    The options below may also stand after a command. Exit status: 0 done, 1 failed or not found, 2 wrong usage or
    settings.

    \b
    Begin with:
      dedup run --sample             see it work, without a network
      dedup run                      poll feeds, group articles, serve HTTP
      dedup ingest archive.jsonl     take in articles that you have
      dedup clusters --min-size 2    see what belongs together
    """
    context.obj = narrowed(context.find_object(Session) or Session(), config, data_dir, as_json)


for command in (
    run, ingest, lookup, clusters, explain, events, feeds, status, doctor, check_config, poll, work, serve,
):  # fmt: skip
    main.add_command(command)
