-- One schema for SQLite and PostgreSQL. Columns are BIGINT, TEXT, BOOLEAN or BLOB and nothing else.
-- Instants are microseconds since 1970-01-01T00:00:00Z, suffix _us. Keys of regional rows begin with the division.

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who handles, and what can be applied for.

CREATE TABLE division (
    division TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE unit (
    division TEXT NOT NULL,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    vertical BOOLEAN NOT NULL,
    hall TEXT,
    PRIMARY KEY (division, unit)
);

CREATE TABLE person (
    division TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    posts TEXT NOT NULL,
    stand_in TEXT,
    stand_in_from_us BIGINT,
    stand_in_to_us BIGINT,
    stand_in_paper TEXT,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (division, person)
);
CREATE INDEX person_unit ON person (division, unit, person);

CREATE TABLE item (
    division TEXT NOT NULL,
    item TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_from_us BIGINT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    promised_amount BIGINT NOT NULL,
    promised_unit TEXT NOT NULL,
    statutory_amount BIGINT,
    statutory_unit TEXT,
    handling BIGINT,
    review BIGINT,
    approval BIGINT,
    completion BIGINT,
    basis TEXT NOT NULL,
    day0_rule TEXT NOT NULL,
    statutory_end TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (division, item, version)
);

-- The record.

CREATE TABLE event (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT NOT NULL,
    occurred_at_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    payload TEXT NOT NULL,
    hash_algorithm TEXT NOT NULL CHECK (hash_algorithm IN ('sm3', 'sha256')),
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    feed_group BIGINT NOT NULL,
    source_key TEXT,
    PRIMARY KEY (division, subject, seq)
);
CREATE UNIQUE INDEX event_source_key ON event (division, subject, source_key) WHERE source_key IS NOT NULL;
CREATE INDEX event_feed ON event (division, feed_group, subject, seq);

CREATE TABLE personal (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    salt BLOB NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (division, subject, seq)
);

CREATE TABLE subject (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('case', 'order')),
    unit TEXT NOT NULL,
    item TEXT,
    item_version BIGINT,
    about TEXT,
    state TEXT NOT NULL,
    stage TEXT,
    outcome TEXT,
    handler TEXT,
    received_at_us BIGINT NOT NULL,
    accepted_at_us BIGINT,
    decided_at_us BIGINT,
    completed_at_us BIGINT,
    promised_due_at_us BIGINT,
    statutory_due_at_us BIGINT,
    stage_due_at_us BIGINT,
    highest_level TEXT,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    next_alarm_us BIGINT,
    calendar_version TEXT NOT NULL,
    rules_version BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    source TEXT,
    PRIMARY KEY (division, subject)
);
CREATE INDEX subject_alarm ON subject (division, next_alarm_us, subject) WHERE next_alarm_us IS NOT NULL;
CREATE INDEX subject_unit ON subject (division, unit, state, subject);
CREATE INDEX subject_about ON subject (division, about, subject) WHERE about IS NOT NULL;

-- Messages: one item per recipient of a warning, composed into messages.

CREATE TABLE message_item (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('warning', 'order', 'digest')),
    level TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('free', 'composed', 'dropped')),
    dropped_reason TEXT,
    message_id TEXT,
    created_at_us BIGINT NOT NULL,
    PRIMARY KEY (division, subject, seq, recipient, channel)
);
CREATE INDEX message_item_free ON message_item (division, recipient, channel, subject, seq) WHERE state = 'free';
CREATE INDEX message_item_message ON message_item (division, message_id) WHERE message_id IS NOT NULL;

CREATE TABLE message (
    division TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    address TEXT NOT NULL,
    channel TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'given_up')),
    attempts BIGINT NOT NULL,
    next_try_at_us BIGINT,
    last_error TEXT,
    lease_owner TEXT,
    lease_until_us BIGINT,
    created_at_us BIGINT NOT NULL,
    sent_at_us BIGINT,
    PRIMARY KEY (division, message_id)
);
CREATE INDEX message_queued ON message (division, next_try_at_us, message_id) WHERE state = 'queued';

-- Numbers without gaps.

CREATE TABLE counter (
    division TEXT NOT NULL,
    unit TEXT NOT NULL,
    day TEXT NOT NULL,
    purpose TEXT NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (division, unit, day, purpose)
);

-- What the dates rest on. These are the same for every division.

CREATE TABLE calendar (
    version TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    in_force_from_us BIGINT NOT NULL,
    loaded_at_us BIGINT NOT NULL
);

CREATE TABLE ruleset (
    version BIGINT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    in_force_from_us BIGINT NOT NULL,
    loaded_at_us BIGINT NOT NULL
);

CREATE TABLE revision (
    revision TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('calendar', 'rules')),
    from_version TEXT NOT NULL,
    to_version TEXT NOT NULL,
    started_at_us BIGINT NOT NULL,
    finished_at_us BIGINT,
    cursor_division TEXT,
    cursor_subject TEXT,
    looked_at BIGINT NOT NULL,
    dates_moved BIGINT NOT NULL,
    annulled BIGINT NOT NULL,
    raised BIGINT NOT NULL
);

CREATE TABLE revision_trace (
    division TEXT NOT NULL,
    revision TEXT NOT NULL,
    subject TEXT NOT NULL,
    clock TEXT NOT NULL,
    due_before_us BIGINT,
    due_after_us BIGINT,
    PRIMARY KEY (division, revision, subject, clock)
);

-- Jobs of the schedule: how far each has come, and each run once.

CREATE TABLE job (
    job TEXT NOT NULL PRIMARY KEY,
    watermark_us BIGINT NOT NULL
);

CREATE TABLE job_run (
    job TEXT NOT NULL,
    scheduled_at_us BIGINT NOT NULL,
    owner TEXT NOT NULL,
    started_at_us BIGINT NOT NULL,
    lease_until_us BIGINT NOT NULL,
    finished_at_us BIGINT,
    outcome TEXT,
    error TEXT,
    PRIMARY KEY (job, scheduled_at_us)
);
