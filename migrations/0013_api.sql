-- How the departments' own systems come in. The token itself is only with its holder; here is its digest.

CREATE TABLE api_token (
    division TEXT NOT NULL,
    token TEXT NOT NULL,
    name TEXT NOT NULL,
    -- None: all units of the division.
    unit TEXT,
    -- Words with spaces between them: read, cases, events.
    scopes TEXT NOT NULL,
    rate_per_minute BIGINT NOT NULL CHECK (rate_per_minute > 0),
    hash_algorithm TEXT NOT NULL CHECK (hash_algorithm IN ('sm3', 'sha256')),
    digest TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    revoked_at_us BIGINT,
    PRIMARY KEY (division, token)
);

-- What was answered under a key that the caller chose, kept in the transaction of the act: asked again, the same answer
-- is given and nothing is done twice.
CREATE TABLE api_receipt (
    division TEXT NOT NULL,
    token TEXT NOT NULL,
    key TEXT NOT NULL,
    -- The digest of what was asked.
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (division, token, key)
);
CREATE INDEX api_receipt_age ON api_receipt (division, token, at_us);
