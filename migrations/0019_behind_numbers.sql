-- What stands behind the numbers of a report: the cases that ended in a period, those that are open, and those to which
-- something happened in it. With the instant of the acceptance in the first, what was open at a day long past is found
-- without a look at each case.
CREATE INDEX subject_completed ON subject (division, completed_at_us, subject, accepted_at_us)
    WHERE kind = 'case' AND completed_at_us IS NOT NULL;
CREATE INDEX subject_open ON subject (division, accepted_at_us, subject)
    WHERE kind = 'case' AND completed_at_us IS NULL AND accepted_at_us IS NOT NULL;
CREATE INDEX event_counted ON event (division, kind, occurred_at_us, subject)
    WHERE kind IN ('correction_notified', 'sent_back', 'stop_opened', 'extended', 'order_issued', 'order_replied', 'order_closed',
        'appeal_filed', 'appeal_decided', 'warning_raised', 'warning_issued', 'warning_revoked', 'warning_annulled');
