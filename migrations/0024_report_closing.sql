-- The scoring schemes by which closed periods were scored: the texts of their files, each by its digest.
CREATE TABLE scheme_edition (
    division TEXT NOT NULL,
    edition TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    kept_at_us BIGINT NOT NULL,
    PRIMARY KEY (division, edition)
);

-- By which edition each month of a closed period was scored. The closing's payload, which is chained, says so too.
CREATE TABLE closing_scheme (
    division TEXT NOT NULL,
    period TEXT NOT NULL,
    -- As 2011-10.
    month TEXT NOT NULL,
    edition TEXT NOT NULL,
    PRIMARY KEY (division, period, month)
);
CREATE INDEX closing_scheme_month ON closing_scheme (division, month, period);

-- Records that are marked as irregular, by when they happened: a report lists them. Texts within a payload have their
-- quotation marks escaped, so that none looks like this key.
CREATE INDEX event_irregular ON event (division, occurred_at_us, subject, seq) WHERE payload LIKE '%"defects":[%';

-- Warnings by when they were raised are found by event_counted: each index less makes each event cheaper.
DROP INDEX event_warned_on;
