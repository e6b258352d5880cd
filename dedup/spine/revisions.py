"""Revisions: workers remember what they have read, so they tell each other which records have changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class Revisions(Protocol):
    """A list that only grows (until its beginning expires), and that every worker reads on from where it was."""

    def tell_revised(self, refs: Collection[int]) -> None:
        """Tell that the records of these are not what they were: after registering, before posting their keys.

        So whoever finds one of them by a key of its new text, and reads on then, is told.
        """
        ...

    def revised(self, after: str | None) -> tuple[set[int], str]:
        """The refs that were told of since that cursor, and the cursor to go on from (None: no refs, just that)."""
        ...
