-- Daily facts, kept up behind the events: what was counted on an office day at a unit and item. The events remain the
-- record; facts can be made anew from them at any time.
-- A fact's grain is 'day', 'month' or 'year' (of years only the changes of what is open), its day the first one, counted
-- from 1970-01-01. made is the number of the fold that made it (fact_fold says how far that one had read).
-- Corrections are further facts.
CREATE TABLE fact (
    division TEXT NOT NULL,
    generation BIGINT NOT NULL,
    grain TEXT NOT NULL CHECK (grain IN ('day', 'month', 'year')),
    day BIGINT NOT NULL,
    unit TEXT NOT NULL,
    item TEXT NOT NULL,
    made BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (division, generation, grain, day, unit, item, made)
);

-- How far a division's facts have followed the events, and what they were counted with.
CREATE TABLE fact_fold (
    division TEXT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    made BIGINT NOT NULL,
    form BIGINT NOT NULL,
    calendar_version TEXT NOT NULL,
    feed_group BIGINT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    -- Rows that were added since rows of one place and day were last put together.
    loose BIGINT NOT NULL
);

-- Closed periods: their figures as they were counted, with what they rest on, revision by revision, each chained to the
-- one before it. What the payload says stands nowhere else.
CREATE TABLE closing (
    division TEXT NOT NULL,
    period TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    closed_at_us BIGINT NOT NULL,
    payload TEXT NOT NULL,
    hash_algorithm TEXT NOT NULL CHECK (hash_algorithm IN ('sm3', 'sha256')),
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (division, period, revision)
);
