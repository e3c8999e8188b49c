-- What a report names one by one: found by when it happened, among all else that happened. The kinds are those of
-- crates/store/src/listed.rs.
CREATE INDEX event_listed ON event (division, occurred_at_us, subject, seq) WHERE kind IN ('warning_raised', 'warning_issued',
    'order_issued', 'order_replied', 'order_sent_back', 'order_closed', 'correction_notified', 'stop_opened', 'extended');

-- Files that go with messages, each stored once by its digest however many recipients get it.
CREATE TABLE message_file (
    division TEXT NOT NULL,
    sm3 TEXT NOT NULL,
    size BIGINT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (division, sm3)
);

-- Which files go with which message, in their order.
CREATE TABLE message_enclosure (
    division TEXT NOT NULL,
    message_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sm3 TEXT NOT NULL,
    PRIMARY KEY (division, message_id, place)
);
