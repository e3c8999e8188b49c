-- Scoring (绩效量化评估): points that inspectors enter for what the program can't know, and what was done about them.
-- Both tables are appended to and never changed: where an entry stands follows from its acts.
CREATE TABLE score_entry (
    division TEXT NOT NULL,
    entry TEXT NOT NULL,
    unit TEXT NOT NULL,
    -- As 2011-10.
    month TEXT NOT NULL,
    -- The key of a part of the scheme, or total.
    part TEXT NOT NULL,
    -- Hundredths of a point; below zero where they are taken off.
    points BIGINT NOT NULL CHECK (points <> 0),
    reason TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at_us BIGINT NOT NULL,
    -- The unit may object before this instant.
    object_until_us BIGINT NOT NULL,
    PRIMARY KEY (division, entry)
);
CREATE INDEX score_entry_month ON score_entry (division, month, unit, entry);
CREATE INDEX score_entry_unit ON score_entry (division, unit, month, entry);

CREATE TABLE score_act (
    division TEXT NOT NULL,
    entry TEXT NOT NULL,
    -- 1 is the objection, 2 the decision.
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('objected', 'upheld', 'rejected')),
    by_person TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (division, entry, seq)
);

-- Warnings by when they were raised: rows of notices (连续预警) are counted month by month.
CREATE INDEX event_warned_on ON event (division, occurred_at_us, subject, seq) WHERE kind = 'warning_raised';
