-- A list of the messages of one state, newest first: what waits or was given up, among millions that are sent.
CREATE INDEX message_state ON message (division, state, created_at_us, message_id) WHERE state <> 'sent';
