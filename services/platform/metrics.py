"""The metrics of every service, by the names under which Prometheus reads them."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# From a millisecond, which a lean commit takes, to the ten seconds after which a client has
# given up.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# From what an idle stage takes to a quarter of an hour, after which a result is no news any more.
_DECLARATION_SECONDS = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0),
)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)

READY = Gauge(
    "livecount_ready", "1 while the service can do its work, as /health/ready says; else 0."
)
DECLARATION_SECONDS = Histogram(
    "livecount_declaration_seconds",
    "From Kafka's time stamp of a declaration until what follows from it is somewhere, by where:"
    " alert (Kafka has the alert), channel (the notifier has delivered it; without what is held"
    " back, digests and quiet hours), browsers (push waits for no browser any more) or page (the"
    " ticker has handed it to the open pages).",
    ["at"],
    buckets=_DECLARATION_SECONDS,
)
HTTP_CONNECTIONS_CLOSED = Counter(
    "livecount_http_connections_closed",
    "Connections that intake, the ticker or entry closed or refused, by reason: too_slow (a header,"
    " body or response took too long), too_large (a header), displaced (it was idle and its place"
    " was needed), full (no place was left), unread (too much waited in memory for slow readers) or"
    " stopping (the service ends, and its client did not go on).",
    ["reason"],
)
INTAKE_DECLARATIONS = Counter(
    "livecount_intake_declarations",
    "Declarations offered to intake, by outcome: acknowledged, refused or failed.",
    ["outcome"],
)
INTAKE_ACKNOWLEDGED_SECONDS = Histogram(
    "livecount_intake_acknowledged_seconds",
    "From a declaration's arrival at intake to Kafka's acknowledgement.",
    buckets=_SECONDS,
)
ACCESS_KEYS_FAULTS = Gauge(
    "livecount_access_keys_faults",
    "Faults in the file of keys as it is now; while there are any, the keys from before hold on.",
)
ACCESS_AUDIT_ENTRIES = Counter(
    "livecount_access_audit_entries",
    "Entries for the audit, by outcome: written, lost (too many waited, or Kafka did not take them"
    " before the end), or failed (an attempt to write several; they are tried again).",
    ["outcome"],
)
ACCESS_AUDIT_WAITING = Gauge(
    "livecount_access_audit_waiting", "Entries that wait to be written to the audit."
)
AGGREGATOR_DECLARATIONS = Counter(
    "livecount_aggregator_declarations",
    "Messages committed by the aggregator, by outcome: counted, unchanged, rejected, parked or held"
    " (kept, does not count yet), or broken (a fault of livecount).",
    ["outcome"],
)
AGGREGATOR_ALERTS = Counter(
    "livecount_aggregator_alerts", "Alerts published, by kind and action.", ["kind", "action"]
)
AGGREGATOR_BATCH_SIZE = Histogram(
    "livecount_aggregator_batch_size", "Messages in one batch.", buckets=_SIZES
)
AGGREGATOR_BATCH_SECONDS = Histogram(
    "livecount_aggregator_batch_seconds",
    "From a batch's arrival to its commit: fold, publish, Redis.",
    buckets=_SECONDS,
)
AGGREGATOR_LAG = Gauge(
    "livecount_aggregator_lag", "Declarations that wait to be counted by this aggregator."
)
AGGREGATOR_PARTITION_LAG = Gauge(
    "livecount_aggregator_partition_lag",
    "The same of each partition of declarations that is this aggregator's.",
    ["partition"],
)
AGGREGATOR_REBUILDS = Counter(
    "livecount_aggregator_rebuilds", "Partitions rebuilt because Redis was empty or behind."
)
AGGREGATOR_REBUILDS_BROKEN = Counter(
    "livecount_aggregator_rebuilds_broken",
    "Declarations that a rebuild left out because livecount failed for them, and did not before.",
)
NATION_MESSAGES = Counter(
    "livecount_nation_messages",
    "Messages of the topic night committed, by outcome: counted, unchanged, rejected, or broken (a"
    " fault of livecount).",
    ["outcome"],
)
NATION_ALERTS = Counter(
    "livecount_nation_alerts",
    "Alerts about a whole night published, by kind and action.",
    ["kind", "action"],
)
NATION_BATCH_SECONDS = Histogram(
    "livecount_nation_batch_seconds",
    "From the arrival of a batch of night to its commit: fold, publish, Redis.",
    buckets=_SECONDS,
)
NATION_RELAY_LAG = Gauge(
    "livecount_nation_relay_lag", "Councils' totals that wait to be put into the topic night."
)
NATION_LAG = Gauge(
    "livecount_nation_lag", "Messages of the topic night that wait to be counted by this worker."
)
NATION_REBUILDS = Counter(
    "livecount_nation_rebuilds", "Partitions of night rebuilt as Redis was empty or behind."
)
NOTIFIER_DELIVERIES = Counter(
    "livecount_notifier_deliveries",
    "Alerts at channels, by status: sent, withheld, failed or dropped (by the desk).",
    ["status"],
)
NOTIFIER_HELD_BACK = Gauge(
    "livecount_notifier_held_back", "Alerts at channels that the desk holds back now."
)
NOTIFIER_RELEASED = Counter(
    "livecount_notifier_released",
    "Alerts at channels that were held back and are no longer, before their time, by how: sent or"
    " dropped (by the desk), or displaced (too many were held back, and the oldest was sent).",
    ["how"],
)
NOTIFIER_ALERT_SECONDS = Histogram(
    "livecount_notifier_alert_seconds",
    "From Kafka's time stamp of an alert to its delivery at a channel; without those held back.",
    buckets=_SECONDS,
)
PUSH_SUBSCRIPTIONS = Gauge(
    "livecount_push_subscriptions", "Browsers of readers that are subscribed to notifications now."
)
PUSH_REQUESTS = Counter(
    "livecount_push_requests",
    "Requests of readers' pages to push, by outcome: taken, refused, slowed (too many from one"
    " address), full (a limit of subscriptions) or failed (Kafka did not take it).",
    ["outcome"],
)
PUSH_MESSAGES = Counter(
    "livecount_push_messages",
    "Notifications to browsers, by outcome: accepted (by the push service), gone (the subscription"
    " has ended, and is removed), refused, failed (given up after several attempts), late (too old"
    " to be news), superseded (withdrawn before it was sent) or displaced (too many waited).",
    ["outcome"],
)
PUSH_WAITING = Gauge("livecount_push_waiting", "Notifications that wait to be sent.")
PUSH_ALERT_SECONDS = Histogram(
    "livecount_push_alert_seconds",
    "From Kafka's time stamp of an alert until no browser waits for it any more.",
    buckets=(*_SECONDS, 25.0, 60.0, 300.0),
)
TICKER_STREAM_CLIENTS = Gauge(
    "livecount_ticker_stream_clients", "Clients that listen to an event stream now."
)
TICKER_ELECTIONS = Gauge("livecount_ticker_elections", "Elections that are followed now.")
TICKER_BROKEN = Counter(
    "livecount_ticker_broken",
    "Times that something was left out because it cannot be read or shown, by what: page, part,"
    " council, ward, alert, entry, national, election or desk.",
    ["what"],
)
TICKER_DESK_REFUSALS = Counter(
    "livecount_ticker_desk_refusals", "Requests for the desk with a wrong token, or after too many."
)
ENTRY_SIGN_INS = Counter(
    "livecount_entry_sign_ins",
    "Attempts to sign in at entry, by outcome: admitted, refused (no such key, no name, or another"
    " device's invitation), slowed (too many wrong keys from one address) or failed (Kafka did not"
    " take a claim).",
    ["outcome"],
)
ENTRY_DECISIONS = Counter(
    "livecount_entry_decisions",
    "Decisions sent by entry, by outcome: counts, aside (it does not count, or not yet), refused or"
    " failed (Kafka did not acknowledge it in time, or it could not be read again).",
    ["outcome"],
)
ENTRY_DECIDED_SECONDS = Histogram(
    "livecount_entry_decided_seconds",
    "From a decision's arrival at entry to its reading in the log.",
    buckets=_SECONDS,
)
ENTRY_WORDS = Counter(
    "livecount_entry_words",
    "Results and notices sent by stringers at entry, by outcome: received, aside (nothing"
    " changed by it), refused or failed (Kafka did not acknowledge it in time).",
    ["outcome"],
)
ENTRY_RECEIVED_SECONDS = Histogram(
    "livecount_entry_received_seconds",
    "From the arrival of a stringer's result or notice at entry to its reading in the log.",
    buckets=_SECONDS,
)
ENTRY_WAITING = Gauge("livecount_entry_waiting", "Ballots that wait for the desk.")
FEED_WORDS = Counter(
    "livecount_feed_words",
    "Results that a feed sent to intake, by outcome: acknowledged, refused, or failed (intake did"
    " not take a request; it is sent again).",
    ["outcome"],
)
FEED_FINDINGS = Gauge(
    "livecount_feed_findings", "Things a feed's source says now that cannot be read or matched."
)
FEED_BROKEN = Gauge(
    "livecount_feed_broken", "Addresses, or the folder, of a feed that cannot be read now."
)
FEED_LATE = Gauge(
    "livecount_feed_late",
    "Councils that a feed has said nothing of an hour after their expected time.",
)
FEED_ANSWERED_AT_SECONDS = Gauge(
    "livecount_feed_answered_at_seconds",
    "When everything that a feed reads could last be read, in seconds since 1970.",
)
