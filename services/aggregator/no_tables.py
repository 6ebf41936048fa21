"""No tables: Faust's keeper of tables, for an app that has none."""

from __future__ import annotations

from faust.tables import TableManager


class NoTables(TableManager):
    """Begins at once. Faust's own waits a second first, in which agents may declare tables.

    The wait stands before the worker joins its group, so without it partitions are counted one
    second sooner after every start (`on_start` in faust/tables/manager.py, 0.15.3).
    """

    async def on_start(self) -> None:
        """Opens recovery, which with no table to recover resumes the streams."""
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()
