-- What those who supervise look at. Each index is partial or moves seldom: a case's own steps must not pay for them.

-- The cards in the feed's order, for boards that follow it.
CREATE INDEX event_warning ON event (division, feed_group, subject, seq) WHERE kind = 'warning_raised';
-- The same by the instant of the record: the newest, and those of a day.
CREATE INDEX event_warned_at ON event (division, recorded_at_us, subject, seq) WHERE kind = 'warning_raised';

-- A lamp for each unit: what is open and has a warning that stands.
CREATE INDEX subject_lamp ON subject (division, unit, highest_level)
    WHERE completed_at_us IS NULL AND highest_level IS NOT NULL;
-- Everything of a unit that has a warning that stands, the newest first.
CREATE INDEX subject_marked ON subject (division, unit, received_at_us, subject) WHERE highest_level IS NOT NULL;
-- What falls due next, in all units.
CREATE INDEX subject_due ON subject (division, stage_due_at_us, subject)
    WHERE completed_at_us IS NULL AND stage_due_at_us IS NOT NULL;
-- Supervision orders by state and by the time that is left.
CREATE INDEX subject_order ON subject (division, state, stage_due_at_us, subject) WHERE kind = 'order';
-- The cases accepted in a month, which the leader's figures count.
CREATE INDEX subject_accepted ON subject (division, accepted_at_us, subject) WHERE accepted_at_us IS NOT NULL;
