"""The names of topics, consumer groups and Redis keys, each inside a namespace."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.ids import election_of

FEED_ENTRIES_MAX = 20_000
"""Entries that an election's feed keeps, whoever writes them. A UK night of 9,000 ballots makes
some 18,000, so a browser that slept all night can still catch up."""

CERTIFICATES_MAX = 16
"""Certificates that a council keeps in Redis. A night has one or two, a rough one a few more; one
takes up to some 30,000 bytes in `nights/`. All are in an archive, which counts them anew."""

LIVE_NAMESPACE = "live"
"""The only namespace whose alerts reach the public. Fixed, so that no setting can be wrong."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one namespace, such as `live.declarations`."""

    namespace: str

    @property
    def declarations(self) -> str:
        """Every declaration, keyed by council election; the source of truth, kept for ever."""
        return f"{self.namespace}.declarations"

    @property
    def totals(self) -> str:
        """The latest totals of each council; compacted."""
        return f"{self.namespace}.totals"

    @property
    def wards(self) -> str:
        """Each ward as it changes from its first status or result on, keyed by council election."""
        return f"{self.namespace}.wards"

    @property
    def alerts(self) -> str:
        """Every alert, keyed by council election."""
        return f"{self.namespace}.alerts"

    @property
    def night(self) -> str:
        """What national totals are counted from, keyed by election, in the order of the count."""
        return f"{self.namespace}.night"

    @property
    def national(self) -> str:
        """The latest totals of each night and of each part of it; compacted."""
        return f"{self.namespace}.national"

    @property
    def rejects(self) -> str:
        """What could not be counted, with its bytes."""
        return f"{self.namespace}.rejects"

    @property
    def deliveries(self) -> str:
        """The notifier's ledger, keyed by channel and alert; compacted."""
        return f"{self.namespace}.deliveries"

    @property
    def holds(self) -> str:
        """Which alerts the desk holds back, and which it releases, keyed by council election."""
        return f"{self.namespace}.holds"

    @property
    def audit(self) -> str:
        """Who did what under which key, or as the desk, keyed by the key's id or the name."""
        return f"{self.namespace}.audit"

    @property
    def sessions(self) -> str:
        """Which device uses which invitation, and which sessions have ended, keyed by the key."""
        return f"{self.namespace}.sessions"

    @property
    def subscriptions(self) -> str:
        """Which browser of a reader is told what by web push, keyed by its endpoint's hash."""
        return f"{self.namespace}.subscriptions"

    def all(self) -> tuple[str, ...]:
        """Returns every topic of the namespace."""
        return (
            self.declarations,
            self.totals,
            self.wards,
            self.alerts,
            self.night,
            self.national,
            self.rejects,
            self.deliveries,
            self.holds,
            self.audit,
            self.sessions,
            self.subscriptions,
        )


def group(namespace: str, service: str) -> str:
    """Returns the consumer group of a service, such as `live.aggregator`."""
    return f"{namespace}.{service}"


@dataclass(frozen=True, slots=True)
class StageKeys:
    """Where one stage of the count keeps how far it is, and from which log.

    `log` is the key of the id of the topic that it is counted from, in hexadecimal. `trees` is
    that of a hash from partition to its Merkle tree as JSON; empty for a stage without any.
    """

    log: str
    watermarks: str
    trees: str = ""

    def watermark(self, partition: int) -> str:
        """The offset after the last message of a partition that Redis holds."""
        return f"{self.watermarks}:{partition}"


@dataclass(frozen=True, slots=True)
class Keys:
    """The Redis keys of one namespace. All keys of an election share one hash tag."""

    namespace: str

    def _tag(self, election: str) -> str:
        return f"{self.namespace}:{{{election}}}"

    def council(self, council: str) -> str:
        """A hash: `totals` (JSON), `state` (the snapshot), `version`, `offset`, `partition`."""
        return f"{self._tag(election_of(council))}:council:{council}"

    def wards(self, council: str) -> str:
        """A hash from ballot id to the ward as JSON."""
        return f"{self._tag(election_of(council))}:wards:{council}"

    def alerts(self, council: str) -> str:
        """A list of the council's alerts as JSON, oldest first."""
        return f"{self._tag(election_of(council))}:alerts:{council}"

    def certificates(self, council: str) -> str:
        """A list of the certificates of its calls as JSON, oldest first, the newest only."""
        return f"{self._tag(election_of(council))}:certificates:{council}"

    def councils(self, election: str) -> str:
        """A set of the council election ids of an election."""
        return f"{self._tag(election)}:councils"

    def feed(self, election: str) -> str:
        """A capped stream of totals, wards and alerts; its ids are the SSE event ids."""
        return f"{self._tag(election)}:feed"

    def national(self, election: str) -> str:
        """A hash: `night`, and each part as `kind:name`, such as `region:London`, as JSON."""
        return f"{self._tag(election)}:national"

    def night(self, election: str) -> str:
        """A hash, what the count of a night goes on from.

        `offset`, `partition`, `head`, and each council under its id.
        """
        return f"{self._tag(election)}:night"

    def night_entries(self, election: str) -> str:
        """A list of the feed's ids of its national totals, oldest first."""
        return f"{self._tag(election)}:night-entries"

    def elections(self) -> str:
        """A set of the elections there are."""
        return f"{self.namespace}:elections"

    def rebuilds(self) -> str:
        """How often councils were rebuilt; whoever has read them before reads them again."""
        return f"{self.namespace}:rebuilds"

    def counted(self) -> StageKeys:
        """How far the topic of declarations is counted into councils."""
        return StageKeys(
            f"{self.namespace}:log", f"{self.namespace}:watermark", f"{self.namespace}:log-trees"
        )

    def night_counted(self) -> StageKeys:
        """How far the topic `night` is counted into national totals."""
        return StageKeys(f"{self.namespace}:night-log", f"{self.namespace}:night-watermark")

    def log(self) -> str:
        """The id of the topic of declarations that Redis was counted from, in hexadecimal."""
        return self.counted().log

    def log_trees(self) -> str:
        """A hash from partition to the Merkle tree over its declarations, as JSON."""
        return self.counted().trees

    def watermark(self, partition: int) -> str:
        """The offset after the last declaration of a partition that Redis holds."""
        return self.counted().watermark(partition)

    def pattern(self) -> str:
        """A glob that every key of the namespace matches, and no other."""
        return f"{self.namespace}:*"
