-- Outages (故障登记): periods in which recording was impossible, as an inspector declares them.
CREATE TABLE outage (
    division TEXT NOT NULL,
    outage TEXT NOT NULL,
    from_us BIGINT NOT NULL,
    to_us BIGINT NOT NULL CHECK (to_us > from_us),
    units TEXT NOT NULL,
    reason TEXT NOT NULL,
    paper TEXT,
    declared_by TEXT NOT NULL,
    declared_at_us BIGINT NOT NULL,
    kept TEXT NOT NULL,
    settled_by TEXT,
    settled_at_us BIGINT,
    settled_reason TEXT,
    PRIMARY KEY (division, outage)
);
CREATE INDEX outage_from ON outage (division, from_us, outage);
