-- PostgreSQL alone, what 0008 does on SQLite: a subject may be an appeal (申诉), and a message may tell of one.
ALTER TABLE subject DROP CONSTRAINT subject_kind_check,
    ADD CONSTRAINT subject_kind_check CHECK (kind IN ('case', 'order', 'appeal'));
ALTER TABLE message_item DROP CONSTRAINT message_item_kind_check,
    ADD CONSTRAINT message_item_kind_check CHECK (kind IN ('warning', 'order', 'digest', 'appeal'));
-- Appeals by state and by the time that is left.
CREATE INDEX subject_appeal ON subject (division, state, stage_due_at_us, subject) WHERE kind = 'appeal';
