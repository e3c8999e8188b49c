-- PostgreSQL alone, where a CHECK can be changed. A message that a restored copy found unsent is withheld: the record
-- that the copy was made of has perhaps sent it.
ALTER TABLE message DROP CONSTRAINT message_state_check;
ALTER TABLE message ADD CONSTRAINT message_state_check CHECK (state IN ('queued', 'sent', 'failed', 'given_up', 'withheld'));
