-- SQLite alone: a CHECK can't be changed there, so the two tables are made anew with their rows and indexes.
-- A subject may be an appeal (申诉), and a message may tell of one.

CREATE TABLE subject_new (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('case', 'order', 'appeal')),
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
INSERT INTO subject_new (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler,
    received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us,
    stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source)
SELECT division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler,
    received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us,
    stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source
FROM subject;
DROP TABLE subject;
ALTER TABLE subject_new RENAME TO subject;
CREATE INDEX subject_alarm ON subject (division, next_alarm_us, subject) WHERE next_alarm_us IS NOT NULL;
CREATE INDEX subject_unit ON subject (division, unit, state, subject);
CREATE INDEX subject_about ON subject (division, about, subject) WHERE about IS NOT NULL;
CREATE INDEX subject_todo ON subject (division, unit, stage, stage_due_at_us, subject)
    WHERE completed_at_us IS NULL AND stage IS NOT NULL;
CREATE INDEX subject_lamp ON subject (division, unit, highest_level)
    WHERE completed_at_us IS NULL AND highest_level IS NOT NULL;
CREATE INDEX subject_marked ON subject (division, unit, received_at_us, subject) WHERE highest_level IS NOT NULL;
CREATE INDEX subject_due ON subject (division, stage_due_at_us, subject)
    WHERE completed_at_us IS NULL AND stage_due_at_us IS NOT NULL;
CREATE INDEX subject_order ON subject (division, state, stage_due_at_us, subject) WHERE kind = 'order';
CREATE INDEX subject_accepted ON subject (division, accepted_at_us, subject) WHERE accepted_at_us IS NOT NULL;
-- Appeals by state and by the time that is left.
CREATE INDEX subject_appeal ON subject (division, state, stage_due_at_us, subject) WHERE kind = 'appeal';

CREATE TABLE message_item_new (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('warning', 'order', 'digest', 'appeal')),
    level TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('free', 'composed', 'dropped')),
    dropped_reason TEXT,
    message_id TEXT,
    created_at_us BIGINT NOT NULL,
    PRIMARY KEY (division, subject, seq, recipient, channel)
);
INSERT INTO message_item_new (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason,
    message_id, created_at_us)
SELECT division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason,
    message_id, created_at_us
FROM message_item;
DROP TABLE message_item;
ALTER TABLE message_item_new RENAME TO message_item;
CREATE INDEX message_item_free ON message_item (division, recipient, channel, subject, seq) WHERE state = 'free';
CREATE INDEX message_item_message ON message_item (division, message_id) WHERE message_id IS NOT NULL;
