"""`python -m dedup` is `dedup`."""

from dedup.doors.cli import main

main()
