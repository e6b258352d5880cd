"""Notices: workers remember what they have read of articles, so they tell each other of which ones that has changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class Notices(Protocol):
    """A list of registered articles that only grows, and that every worker reads on from where it was."""

    def tell_registered(self, refs: Collection[int]) -> None:
        """Tell that these have, or may have, another record than before: once they are registered, before their keys
        are posted. So whoever finds one by a key, and reads on then, has been told of the text that has this key."""
        ...

    def registered(self, after: str | None) -> tuple[set[int] | None, str]:
        """The refs that were told of since that cursor, and the cursor to go on from.

        None instead of refs: anything may have changed, because there was no cursor, or what came after it is lost.
        """
        ...
