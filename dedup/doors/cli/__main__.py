"""`python -m dedup.doors.cli`: the command line, where the `dedup` script is not installed."""

from dedup.doors.cli import main

main(prog_name="dedup")
