-- PostgreSQL alone, what 0005 does on SQLite: a subject may be an appeal (申诉), and a message may tell of one.
ALTER TABLE subject DROP CONSTRAINT subject_kind_check,
    ADD CONSTRAINT subject_kind_check CHECK (kind IN ('case', 'order', 'appeal'));
ALTER TABLE message_item DROP CONSTRAINT message_item_kind_check,
    ADD CONSTRAINT message_item_kind_check CHECK (kind IN ('warning', 'order', 'digest', 'appeal'));
