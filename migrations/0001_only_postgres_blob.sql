-- PostgreSQL alone: it has no BLOB. With this domain the shared tables can say BLOB on both databases.
CREATE DOMAIN blob AS bytea;
