-- SQLite alone: a CHECK can't be changed there, so the table is made anew with its rows and indexes. A message that a
-- restored copy found unsent is withheld: the record that the copy was made of has perhaps sent it.
CREATE TABLE message_new (
    division TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    address TEXT NOT NULL,
    channel TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'given_up', 'withheld')),
    attempts BIGINT NOT NULL,
    next_try_at_us BIGINT,
    last_error TEXT,
    lease_owner TEXT,
    lease_until_us BIGINT,
    created_at_us BIGINT NOT NULL,
    sent_at_us BIGINT,
    PRIMARY KEY (division, message_id)
);
INSERT INTO message_new (division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts,
    next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us)
SELECT division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts,
    next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us
FROM message;
DROP TABLE message;
ALTER TABLE message_new RENAME TO message;
CREATE INDEX message_queued ON message (division, next_try_at_us, message_id) WHERE state = 'queued';
CREATE INDEX message_age ON message (division, created_at_us, message_id);
CREATE INDEX message_state ON message (division, state, created_at_us, message_id) WHERE state <> 'sent';
