-- PostgreSQL alone: text compares by code point, as all text does.
ALTER TABLE unit ALTER COLUMN windows TYPE TEXT COLLATE "C";
