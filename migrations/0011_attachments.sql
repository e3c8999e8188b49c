-- Attachments (附件): files that were handed in with an event, which carries their digests.
CREATE TABLE attachment (
    division TEXT NOT NULL,
    attachment TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sm3 TEXT NOT NULL,
    by_person TEXT,
    at_us BIGINT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (division, attachment)
);
CREATE INDEX attachment_subject ON attachment (division, subject, attachment);
