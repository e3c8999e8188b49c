-- Who signs in at the desks. Accounts are apart from people: a person may have none, an administrator is no person of
-- the approvals.

CREATE TABLE account (
    division TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('desk', 'system', 'security', 'audit')),
    person TEXT,
    password TEXT NOT NULL,
    must_change BOOLEAN NOT NULL,
    failures BIGINT NOT NULL,
    locked_until_us BIGINT,
    active BOOLEAN NOT NULL,
    created_at_us BIGINT NOT NULL,
    password_set_at_us BIGINT NOT NULL,
    PRIMARY KEY (division, account)
);

-- The token itself is only in the browser; here is its digest.
CREATE TABLE session (
    division TEXT NOT NULL,
    token TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    seen_at_us BIGINT NOT NULL,
    PRIMARY KEY (division, token)
);
CREATE INDEX session_account ON session (division, account, token);

-- What was done at the desks beside the cases: sign-ins, refusals, administration. A chain as the events are.
CREATE TABLE audit (
    division TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_us BIGINT NOT NULL,
    account TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    done BOOLEAN NOT NULL,
    payload TEXT NOT NULL,
    hash_algorithm TEXT NOT NULL CHECK (hash_algorithm IN ('sm3', 'sha256')),
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (division, seq)
);
CREATE INDEX audit_account ON audit (division, account, seq);
CREATE INDEX audit_act ON audit (division, act, seq);

-- To-do lists: what waits in a stage of a unit, the nearest date first.
CREATE INDEX subject_todo ON subject (division, unit, stage, stage_due_at_us, subject)
    WHERE completed_at_us IS NULL AND stage IS NOT NULL;
