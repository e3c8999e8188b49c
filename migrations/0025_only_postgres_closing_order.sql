-- PostgreSQL alone: the text of the tables since compares by code point, as all text does. Pages are read by key, so that both
-- databases must agree on the order of keys.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT table_name,
               string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', column_name), ', ') AS changes
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'text' AND table_name NOT LIKE '\_sqlx%' AND collation_name IS DISTINCT FROM 'C'
        GROUP BY table_name
        ORDER BY table_name
    LOOP
        EXECUTE format('ALTER TABLE %I ', t.table_name) || t.changes;
    END LOOP;
END $$;
