-- A list of all messages is read page by page, the oldest first.
CREATE INDEX message_age ON message (division, created_at_us, message_id);
