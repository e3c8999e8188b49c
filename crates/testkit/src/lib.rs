//! Servers that tests start for themselves: PostgreSQL, SMTP.
