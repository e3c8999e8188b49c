SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE DOMAIN public.blob AS bytea;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE public.calendar (
    version text NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL COLLATE pg_catalog."C",
    in_force_from_us bigint NOT NULL,
    loaded_at_us bigint NOT NULL
);
CREATE TABLE public.counter (
    division text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    day text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    next bigint NOT NULL
);
CREATE TABLE public.division (
    division text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.event (
    division text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    occurred_at_us bigint NOT NULL,
    recorded_at_us bigint NOT NULL,
    payload text NOT NULL COLLATE pg_catalog."C",
    hash_algorithm text NOT NULL COLLATE pg_catalog."C",
    previous_hash text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    feed_group bigint NOT NULL,
    source_key text COLLATE pg_catalog."C",
    CONSTRAINT event_hash_algorithm_check CHECK ((hash_algorithm = ANY (ARRAY['sm3'::text, 'sha256'::text]))),
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);
CREATE TABLE public.item (
    division text NOT NULL COLLATE pg_catalog."C",
    item text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    valid_from_us bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    category text NOT NULL COLLATE pg_catalog."C",
    promised_amount bigint NOT NULL,
    promised_unit text NOT NULL COLLATE pg_catalog."C",
    statutory_amount bigint,
    statutory_unit text COLLATE pg_catalog."C",
    handling bigint,
    review bigint,
    approval bigint,
    completion bigint,
    basis text NOT NULL COLLATE pg_catalog."C",
    day0_rule text NOT NULL COLLATE pg_catalog."C",
    statutory_end text NOT NULL COLLATE pg_catalog."C",
    details text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.job (
    job text NOT NULL COLLATE pg_catalog."C",
    watermark_us bigint NOT NULL
);
CREATE TABLE public.job_run (
    job text NOT NULL COLLATE pg_catalog."C",
    scheduled_at_us bigint NOT NULL,
    owner text NOT NULL COLLATE pg_catalog."C",
    started_at_us bigint NOT NULL,
    lease_until_us bigint NOT NULL,
    finished_at_us bigint,
    outcome text COLLATE pg_catalog."C",
    error text COLLATE pg_catalog."C"
);
CREATE TABLE public.message (
    division text NOT NULL COLLATE pg_catalog."C",
    message_id text NOT NULL COLLATE pg_catalog."C",
    recipient text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    body_text text NOT NULL COLLATE pg_catalog."C",
    body_html text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    attempts bigint NOT NULL,
    next_try_at_us bigint,
    last_error text COLLATE pg_catalog."C",
    lease_owner text COLLATE pg_catalog."C",
    lease_until_us bigint,
    created_at_us bigint NOT NULL,
    sent_at_us bigint,
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'given_up'::text])))
);
CREATE TABLE public.message_item (
    division text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    recipient text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    level text COLLATE pg_catalog."C",
    payload text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    dropped_reason text COLLATE pg_catalog."C",
    message_id text COLLATE pg_catalog."C",
    created_at_us bigint NOT NULL,
    CONSTRAINT message_item_kind_check CHECK ((kind = ANY (ARRAY['warning'::text, 'order'::text, 'digest'::text]))),
    CONSTRAINT message_item_state_check CHECK ((state = ANY (ARRAY['free'::text, 'composed'::text, 'dropped'::text])))
);
CREATE TABLE public.meta (
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.person (
    division text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    email text COLLATE pg_catalog."C",
    phone text COLLATE pg_catalog."C",
    posts text NOT NULL COLLATE pg_catalog."C",
    stand_in text COLLATE pg_catalog."C",
    stand_in_from_us bigint,
    stand_in_to_us bigint,
    stand_in_paper text COLLATE pg_catalog."C",
    active boolean NOT NULL
);
CREATE TABLE public.personal (
    division text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    salt public.blob NOT NULL,
    data text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.revision (
    revision text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    from_version text NOT NULL COLLATE pg_catalog."C",
    to_version text NOT NULL COLLATE pg_catalog."C",
    started_at_us bigint NOT NULL,
    finished_at_us bigint,
    cursor_division text COLLATE pg_catalog."C",
    cursor_subject text COLLATE pg_catalog."C",
    looked_at bigint NOT NULL,
    dates_moved bigint NOT NULL,
    annulled bigint NOT NULL,
    raised bigint NOT NULL,
    CONSTRAINT revision_kind_check CHECK ((kind = ANY (ARRAY['calendar'::text, 'rules'::text])))
);
CREATE TABLE public.revision_trace (
    division text NOT NULL COLLATE pg_catalog."C",
    revision text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    clock text NOT NULL COLLATE pg_catalog."C",
    due_before_us bigint,
    due_after_us bigint
);
CREATE TABLE public.ruleset (
    version bigint NOT NULL,
    text text NOT NULL COLLATE pg_catalog."C",
    in_force_from_us bigint NOT NULL,
    loaded_at_us bigint NOT NULL
);
CREATE TABLE public.subject (
    division text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    item text COLLATE pg_catalog."C",
    item_version bigint,
    about text COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    stage text COLLATE pg_catalog."C",
    outcome text COLLATE pg_catalog."C",
    handler text COLLATE pg_catalog."C",
    received_at_us bigint NOT NULL,
    accepted_at_us bigint,
    decided_at_us bigint,
    completed_at_us bigint,
    promised_due_at_us bigint,
    statutory_due_at_us bigint,
    stage_due_at_us bigint,
    highest_level text COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    next_alarm_us bigint,
    calendar_version text NOT NULL COLLATE pg_catalog."C",
    rules_version bigint NOT NULL,
    provisional boolean NOT NULL,
    source text COLLATE pg_catalog."C",
    CONSTRAINT subject_kind_check CHECK ((kind = ANY (ARRAY['case'::text, 'order'::text])))
);
CREATE TABLE public.unit (
    division text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    vertical boolean NOT NULL,
    hall text COLLATE pg_catalog."C"
);
INSERT INTO public._sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (1, 'only postgres blob', '2026-11-27 23:36:38.509328+00', true, '\x6abaa1f41c980873ad559e81b566cdd8004cc558c8b17a692008f5aff29704e492dd6f8e00cb05c05a1cab663bcebc2e', 1441945);
INSERT INTO public._sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (2, 'tables', '2026-11-27 23:36:38.51195+00', true, '\x077f5c2a5d2b6eb75fe7b46a9edd466f01ace1ba40fc2a6e4846252eaf83d95eabe5bfde3021b2382490135d675c3ac5', 75511148);
INSERT INTO public._sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (3, 'only postgres order', '2026-11-27 23:36:38.588451+00', true, '\x55b1f7337be9038ebe28b020a1e986a5fa20dc2369e9893c70ca2a5029043435c9edd909d8f0223dabfb63afbbdc71e5', 72156094);
INSERT INTO public.calendar (version, text, in_force_from_us, loaded_at_us) VALUES ('cn-2026.1', 'version = "cn-2026.1"
zone = "Asia/Shanghai"
from = 2004-01-01
to = 2028-12-31
final_to = 2026-11-30
day_ends = "midnight"
rest_weekdays = ["sat", "sun"]
rest = [
  { date = 2004-01-01, name = "元旦" },
  { date = 2004-01-22, name = "春节" },
  { date = 2004-01-23, name = "春节" },
  { date = 2004-01-24, name = "春节" },
  { date = 2004-01-25, name = "春节" },
  { date = 2004-01-26, name = "春节" },
  { date = 2004-01-27, name = "春节" },
  { date = 2004-01-28, name = "春节" },
  { date = 2004-05-01, name = "劳动节" },
  { date = 2004-05-02, name = "劳动节" },
  { date = 2004-05-03, name = "劳动节" },
  { date = 2004-05-04, name = "劳动节" },
  { date = 2004-05-05, name = "劳动节" },
  { date = 2004-05-06, name = "劳动节" },
  { date = 2004-05-07, name = "劳动节" },
  { date = 2004-10-01, name = "国庆节" },
  { date = 2004-10-02, name = "国庆节" },
  { date = 2004-10-03, name = "国庆节" },
  { date = 2004-10-04, name = "国庆节" },
  { date = 2004-10-05, name = "国庆节" },
  { date = 2004-10-06, name = "国庆节" },
  { date = 2004-10-07, name = "国庆节" },
  { date = 2005-01-01, name = "元旦" },
  { date = 2005-01-02, name = "元旦" },
  { date = 2005-01-03, name = "元旦" },
  { date = 2005-02-09, name = "春节" },
  { date = 2005-02-10, name = "春节" },
  { date = 2005-02-11, name = "春节" },
  { date = 2005-02-12, name = "春节" },
  { date = 2005-02-13, name = "春节" },
  { date = 2005-02-14, name = "春节" },
  { date = 2005-02-15, name = "春节" },
  { date = 2005-05-01, name = "劳动节" },
  { date = 2005-05-02, name = "劳动节" },
  { date = 2005-05-03, name = "劳动节" },
  { date = 2005-05-04, name = "劳动节" },
  { date = 2005-05-05, name = "劳动节" },
  { date = 2005-05-06, name = "劳动节" },
  { date = 2005-05-07, name = "劳动节" },
  { date = 2005-10-01, name = "国庆节" },
  { date = 2005-10-02, name = "国庆节" },
  { date = 2005-10-03, name = "国庆节" },
  { date = 2005-10-04, name = "国庆节" },
  { date = 2005-10-05, name = "国庆节" },
  { date = 2005-10-06, name = "国庆节" },
  { date = 2005-10-07, name = "国庆节" },
  { date = 2006-01-01, name = "元旦" },
  { date = 2006-01-02, name = "元旦" },
  { date = 2006-01-03, name = "元旦" },
  { date = 2006-01-29, name = "春节" },
  { date = 2006-01-30, name = "春节" },
  { date = 2006-01-31, name = "春节" },
  { date = 2006-02-01, name = "春节" },
  { date = 2006-02-02, name = "春节" },
  { date = 2006-02-03, name = "春节" },
  { date = 2006-02-04, name = "春节" },
  { date = 2006-05-01, name = "劳动节" },
  { date = 2006-05-02, name = "劳动节" },
  { date = 2006-05-03, name = "劳动节" },
  { date = 2006-05-04, name = "劳动节" },
  { date = 2006-05-05, name = "劳动节" },
  { date = 2006-05-06, name = "劳动节" },
  { date = 2006-05-07, name = "劳动节" },
  { date = 2006-10-01, name = "国庆节" },
  { date = 2006-10-02, name = "国庆节" },
  { date = 2006-10-03, name = "国庆节" },
  { date = 2006-10-04, name = "国庆节" },
  { date = 2006-10-05, name = "国庆节" },
  { date = 2006-10-06, name = "国庆节" },
  { date = 2006-10-07, name = "国庆节" },
  { date = 2007-01-01, name = "元旦" },
  { date = 2007-01-02, name = "元旦" },
  { date = 2007-01-03, name = "元旦" },
  { date = 2007-02-18, name = "春节" },
  { date = 2007-02-19, name = "春节" },
  { date = 2007-02-20, name = "春节" },
  { date = 2007-02-21, name = "春节" },
  { date = 2007-02-22, name = "春节" },
  { date = 2007-02-23, name = "春节" },
  { date = 2007-02-24, name = "春节" },
  { date = 2007-05-01, name = "劳动节" },
  { date = 2007-05-02, name = "劳动节" },
  { date = 2007-05-03, name = "劳动节" },
  { date = 2007-05-04, name = "劳动节" },
  { date = 2007-05-05, name = "劳动节" },
  { date = 2007-05-06, name = "劳动节" },
  { date = 2007-05-07, name = "劳动节" },
  { date = 2007-10-01, name = "国庆节" },
  { date = 2007-10-02, name = "国庆节" },
  { date = 2007-10-03, name = "国庆节" },
  { date = 2007-10-04, name = "国庆节" },
  { date = 2007-10-05, name = "国庆节" },
  { date = 2007-10-06, name = "国庆节" },
  { date = 2007-10-07, name = "国庆节" },
  { date = 2007-12-30, name = "元旦" },
  { date = 2007-12-31, name = "元旦" },
  { date = 2008-01-01, name = "元旦" },
  { date = 2008-02-06, name = "春节" },
  { date = 2008-02-07, name = "春节" },
  { date = 2008-02-08, name = "春节" },
  { date = 2008-02-09, name = "春节" },
  { date = 2008-02-10, name = "春节" },
  { date = 2008-02-11, name = "春节" },
  { date = 2008-02-12, name = "春节" },
  { date = 2008-04-04, name = "清明节" },
  { date = 2008-04-05, name = "清明节" },
  { date = 2008-04-06, name = "清明节" },
  { date = 2008-05-01, name = "劳动节" },
  { date = 2008-05-02, name = "劳动节" },
  { date = 2008-05-03, name = "劳动节" },
  { date = 2008-06-07, name = "端午节" },
  { date = 2008-06-08, name = "端午节" },
  { date = 2008-06-09, name = "端午节" },
  { date = 2008-09-13, name = "中秋节" },
  { date = 2008-09-14, name = "中秋节" },
  { date = 2008-09-15, name = "中秋节" },
  { date = 2008-09-29, name = "国庆节" },
  { date = 2008-09-30, name = "国庆节" },
  { date = 2008-10-01, name = "国庆节" },
  { date = 2008-10-02, name = "国庆节" },
  { date = 2008-10-03, name = "国庆节" },
  { date = 2008-10-04, name = "国庆节" },
  { date = 2008-10-05, name = "国庆节" },
  { date = 2009-01-01, name = "元旦" },
  { date = 2009-01-02, name = "元旦" },
  { date = 2009-01-03, name = "元旦" },
  { date = 2009-01-25, name = "春节" },
  { date = 2009-01-26, name = "春节" },
  { date = 2009-01-27, name = "春节" },
  { date = 2009-01-28, name = "春节" },
  { date = 2009-01-29, name = "春节" },
  { date = 2009-01-30, name = "春节" },
  { date = 2009-01-31, name = "春节" },
  { date = 2009-04-04, name = "清明节" },
  { date = 2009-04-05, name = "清明节" },
  { date = 2009-04-06, name = "清明节" },
  { date = 2009-05-01, name = "劳动节" },
  { date = 2009-05-02, name = "劳动节" },
  { date = 2009-05-03, name = "劳动节" },
  { date = 2009-05-28, name = "端午节" },
  { date = 2009-05-29, name = "端午节" },
  { date = 2009-05-30, name = "端午节" },
  { date = 2009-10-01, name = "国庆节" },
  { date = 2009-10-02, name = "国庆节" },
  { date = 2009-10-03, name = "中秋节" },
  { date = 2009-10-04, name = "国庆节" },
  { date = 2009-10-05, name = "国庆节" },
  { date = 2009-10-06, name = "国庆节" },
  { date = 2009-10-07, name = "国庆节" },
  { date = 2009-10-08, name = "国庆节" },
  { date = 2010-01-01, name = "元旦" },
  { date = 2010-01-02, name = "元旦" },
  { date = 2010-01-03, name = "元旦" },
  { date = 2010-02-13, name = "春节" },
  { date = 2010-02-14, name = "春节" },
  { date = 2010-02-15, name = "春节" },
  { date = 2010-02-16, name = "春节" },
  { date = 2010-02-17, name = "春节" },
  { date = 2010-02-18, name = "春节" },
  { date = 2010-02-19, name = "春节" },
  { date = 2010-04-03, name = "清明节" },
  { date = 2010-04-04, name = "清明节" },
  { date = 2010-04-05, name = "清明节" },
  { date = 2010-05-01, name = "劳动节" },
  { date = 2010-05-02, name = "劳动节" },
  { date = 2010-05-03, name = "劳动节" },
  { date = 2010-06-14, name = "端午节" },
  { date = 2010-06-15, name = "端午节" },
  { date = 2010-06-16, name = "端午节" },
  { date = 2010-09-22, name = "中秋节" },
  { date = 2010-09-23, name = "中秋节" },
  { date = 2010-09-24, name = "中秋节" },
  { date = 2010-10-01, name = "国庆节" },
  { date = 2010-10-02, name = "国庆节" },
  { date = 2010-10-03, name = "国庆节" },
  { date = 2010-10-04, name = "国庆节" },
  { date = 2010-10-05, name = "国庆节" },
  { date = 2010-10-06, name = "国庆节" },
  { date = 2010-10-07, name = "国庆节" },
  { date = 2011-01-01, name = "元旦" },
  { date = 2011-01-02, name = "元旦" },
  { date = 2011-01-03, name = "元旦" },
  { date = 2011-02-02, name = "春节" },
  { date = 2011-02-03, name = "春节" },
  { date = 2011-02-04, name = "春节" },
  { date = 2011-02-05, name = "春节" },
  { date = 2011-02-06, name = "春节" },
  { date = 2011-02-07, name = "春节" },
  { date = 2011-02-08, name = "春节" },
  { date = 2011-04-03, name = "清明节" },
  { date = 2011-04-04, name = "清明节" },
  { date = 2011-04-05, name = "清明节" },
  { date = 2011-04-30, name = "劳动节" },
  { date = 2011-05-01, name = "劳动节" },
  { date = 2011-05-02, name = "劳动节" },
  { date = 2011-06-04, name = "端午节" },
  { date = 2011-06-06, name = "端午节" },
  { date = 2011-09-10, name = "中秋节" },
  { date = 2011-09-11, name = "中秋节" },
  { date = 2011-09-12, name = "中秋节" },
  { date = 2011-10-01, name = "国庆节" },
  { date = 2011-10-02, name = "国庆节" },
  { date = 2011-10-03, name = "国庆节" },
  { date = 2011-10-04, name = "国庆节" },
  { date = 2011-10-05, name = "国庆节" },
  { date = 2011-10-06, name = "国庆节" },
  { date = 2011-10-07, name = "国庆节" },
  { date = 2012-01-01, name = "元旦" },
  { date = 2012-01-02, name = "元旦" },
  { date = 2012-01-03, name = "元旦" },
  { date = 2012-01-22, name = "春节" },
  { date = 2012-01-23, name = "春节" },
  { date = 2012-01-24, name = "春节" },
  { date = 2012-01-25, name = "春节" },
  { date = 2012-01-26, name = "春节" },
  { date = 2012-01-27, name = "春节" },
  { date = 2012-01-28, name = "春节" },
  { date = 2012-04-02, name = "清明节" },
  { date = 2012-04-03, name = "清明节" },
  { date = 2012-04-04, name = "清明节" },
  { date = 2012-04-29, name = "劳动节" },
  { date = 2012-04-30, name = "劳动节" },
  { date = 2012-05-01, name = "劳动节" },
  { date = 2012-06-22, name = "端午节" },
  { date = 2012-06-24, name = "端午节" },
  { date = 2012-09-30, name = "中秋节" },
  { date = 2012-10-01, name = "国庆节" },
  { date = 2012-10-02, name = "国庆节" },
  { date = 2012-10-03, name = "国庆节" },
  { date = 2012-10-04, name = "国庆节" },
  { date = 2012-10-05, name = "国庆节" },
  { date = 2012-10-06, name = "国庆节" },
  { date = 2012-10-07, name = "国庆节" },
  { date = 2013-01-01, name = "元旦" },
  { date = 2013-01-02, name = "元旦" },
  { date = 2013-01-03, name = "元旦" },
  { date = 2013-02-09, name = "春节" },
  { date = 2013-02-10, name = "春节" },
  { date = 2013-02-11, name = "春节" },
  { date = 2013-02-12, name = "春节" },
  { date = 2013-02-13, name = "春节" },
  { date = 2013-02-14, name = "春节" },
  { date = 2013-02-15, name = "春节" },
  { date = 2013-04-04, name = "清明节" },
  { date = 2013-04-05, name = "清明节" },
  { date = 2013-04-06, name = "清明节" },
  { date = 2013-04-29, name = "劳动节" },
  { date = 2013-04-30, name = "劳动节" },
  { date = 2013-05-01, name = "劳动节" },
  { date = 2013-06-10, name = "端午节" },
  { date = 2013-06-11, name = "端午节" },
  { date = 2013-06-12, name = "端午节" },
  { date = 2013-09-19, name = "中秋节" },
  { date = 2013-09-20, name = "中秋节" },
  { date = 2013-09-21, name = "中秋节" },
  { date = 2013-10-01, name = "国庆节" },
  { date = 2013-10-02, name = "国庆节" },
  { date = 2013-10-03, name = "国庆节" },
  { date = 2013-10-04, name = "国庆节" },
  { date = 2013-10-05, name = "国庆节" },
  { date = 2013-10-06, name = "国庆节" },
  { date = 2013-10-07, name = "国庆节" },
  { date = 2014-01-01, name = "元旦" },
  { date = 2014-01-31, name = "春节" },
  { date = 2014-02-01, name = "春节" },
  { date = 2014-02-02, name = "春节" },
  { date = 2014-02-03, name = "春节" },
  { date = 2014-02-04, name = "春节" },
  { date = 2014-02-05, name = "春节" },
  { date = 2014-02-06, name = "春节" },
  { date = 2014-04-05, name = "清明节" },
  { date = 2014-04-06, name = "清明节" },
  { date = 2014-04-07, name = "清明节" },
  { date = 2014-05-01, name = "劳动节" },
  { date = 2014-05-02, name = "劳动节" },
  { date = 2014-05-03, name = "劳动节" },
  { date = 2014-06-02, name = "端午节" },
  { date = 2014-09-08, name = "中秋节" },
  { date = 2014-10-01, name = "国庆节" },
  { date = 2014-10-02, name = "国庆节" },
  { date = 2014-10-03, name = "国庆节" },
  { date = 2014-10-04, name = "国庆节" },
  { date = 2014-10-05, name = "国庆节" },
  { date = 2014-10-06, name = "国庆节" },
  { date = 2014-10-07, name = "国庆节" },
  { date = 2015-01-01, name = "元旦" },
  { date = 2015-01-02, name = "元旦" },
  { date = 2015-01-03, name = "元旦" },
  { date = 2015-02-18, name = "春节" },
  { date = 2015-02-19, name = "春节" },
  { date = 2015-02-20, name = "春节" },
  { date = 2015-02-21, name = "春节" },
  { date = 2015-02-22, name = "春节" },
  { date = 2015-02-23, name = "春节" },
  { date = 2015-02-24, name = "春节" },
  { date = 2015-04-05, name = "清明节" },
  { date = 2015-04-06, name = "清明节" },
  { date = 2015-05-01, name = "劳动节" },
  { date = 2015-06-20, name = "端午节" },
  { date = 2015-06-22, name = "端午节" },
  { date = 2015-09-03, name = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日" },
  { date = 2015-09-04, name = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日" },
  { date = 2015-09-27, name = "中秋节" },
  { date = 2015-10-01, name = "国庆节" },
  { date = 2015-10-02, name = "国庆节" },
  { date = 2015-10-03, name = "国庆节" },
  { date = 2015-10-04, name = "国庆节" },
  { date = 2015-10-05, name = "国庆节" },
  { date = 2015-10-06, name = "国庆节" },
  { date = 2015-10-07, name = "国庆节" },
  { date = 2016-01-01, name = "元旦" },
  { date = 2016-02-07, name = "春节" },
  { date = 2016-02-08, name = "春节" },
  { date = 2016-02-09, name = "春节" },
  { date = 2016-02-10, name = "春节" },
  { date = 2016-02-11, name = "春节" },
  { date = 2016-02-12, name = "春节" },
  { date = 2016-02-13, name = "春节" },
  { date = 2016-04-04, name = "清明节" },
  { date = 2016-05-01, name = "劳动节" },
  { date = 2016-05-02, name = "劳动节" },
  { date = 2016-06-09, name = "端午节" },
  { date = 2016-06-10, name = "端午节" },
  { date = 2016-06-11, name = "端午节" },
  { date = 2016-09-15, name = "中秋节" },
  { date = 2016-09-16, name = "中秋节" },
  { date = 2016-09-17, name = "中秋节" },
  { date = 2016-10-01, name = "国庆节" },
  { date = 2016-10-02, name = "国庆节" },
  { date = 2016-10-03, name = "国庆节" },
  { date = 2016-10-04, name = "国庆节" },
  { date = 2016-10-05, name = "国庆节" },
  { date = 2016-10-06, name = "国庆节" },
  { date = 2016-10-07, name = "国庆节" },
  { date = 2017-01-01, name = "元旦" },
  { date = 2017-01-02, name = "元旦" },
  { date = 2017-01-27, name = "春节" },
  { date = 2017-01-28, name = "春节" },
  { date = 2017-01-29, name = "春节" },
  { date = 2017-01-30, name = "春节" },
  { date = 2017-01-31, name = "春节" },
  { date = 2017-02-01, name = "春节" },
  { date = 2017-02-02, name = "春节" },
  { date = 2017-04-02, name = "清明节" },
  { date = 2017-04-03, name = "清明节" },
  { date = 2017-04-04, name = "清明节" },
  { date = 2017-05-01, name = "劳动节" },
  { date = 2017-05-28, name = "端午节" },
  { date = 2017-05-29, name = "端午节" },
  { date = 2017-05-30, name = "端午节" },
  { date = 2017-10-01, name = "国庆节" },
  { date = 2017-10-02, name = "国庆节" },
  { date = 2017-10-03, name = "国庆节" },
  { date = 2017-10-04, name = "中秋节" },
  { date = 2017-10-05, name = "国庆节" },
  { date = 2017-10-06, name = "国庆节" },
  { date = 2017-10-07, name = "国庆节" },
  { date = 2017-10-08, name = "国庆节" },
  { date = 2018-01-01, name = "元旦" },
  { date = 2018-02-15, name = "春节" },
  { date = 2018-02-16, name = "春节" },
  { date = 2018-02-17, name = "春节" },
  { date = 2018-02-18, name = "春节" },
  { date = 2018-02-19, name = "春节" },
  { date = 2018-02-20, name = "春节" },
  { date = 2018-02-21, name = "春节" },
  { date = 2018-04-05, name = "清明节" },
  { date = 2018-04-06, name = "清明节" },
  { date = 2018-04-07, name = "清明节" },
  { date = 2018-04-29, name = "劳动节" },
  { date = 2018-04-30, name = "劳动节" },
  { date = 2018-05-01, name = "劳动节" },
  { date = 2018-06-18, name = "端午节" },
  { date = 2018-09-24, name = "中秋节" },
  { date = 2018-10-01, name = "国庆节" },
  { date = 2018-10-02, name = "国庆节" },
  { date = 2018-10-03, name = "国庆节" },
  { date = 2018-10-04, name = "国庆节" },
  { date = 2018-10-05, name = "国庆节" },
  { date = 2018-10-06, name = "国庆节" },
  { date = 2018-10-07, name = "国庆节" },
  { date = 2018-12-30, name = "元旦" },
  { date = 2018-12-31, name = "元旦" },
  { date = 2019-01-01, name = "元旦" },
  { date = 2019-02-04, name = "春节" },
  { date = 2019-02-05, name = "春节" },
  { date = 2019-02-06, name = "春节" },
  { date = 2019-02-07, name = "春节" },
  { date = 2019-02-08, name = "春节" },
  { date = 2019-02-09, name = "春节" },
  { date = 2019-02-10, name = "春节" },
  { date = 2019-04-05, name = "清明节" },
  { date = 2019-04-06, name = "清明节" },
  { date = 2019-04-07, name = "清明节" },
  { date = 2019-05-01, name = "劳动节" },
  { date = 2019-05-02, name = "劳动节" },
  { date = 2019-05-03, name = "劳动节" },
  { date = 2019-05-04, name = "劳动节" },
  { date = 2019-06-07, name = "端午节" },
  { date = 2019-06-08, name = "端午节" },
  { date = 2019-06-09, name = "端午节" },
  { date = 2019-09-13, name = "中秋节" },
  { date = 2019-09-14, name = "中秋节" },
  { date = 2019-09-15, name = "中秋节" },
  { date = 2019-10-01, name = "国庆节" },
  { date = 2019-10-02, name = "国庆节" },
  { date = 2019-10-03, name = "国庆节" },
  { date = 2019-10-04, name = "国庆节" },
  { date = 2019-10-05, name = "国庆节" },
  { date = 2019-10-06, name = "国庆节" },
  { date = 2019-10-07, name = "国庆节" },
  { date = 2020-01-01, name = "元旦" },
  { date = 2020-01-24, name = "春节" },
  { date = 2020-01-25, name = "春节" },
  { date = 2020-01-26, name = "春节" },
  { date = 2020-01-27, name = "春节" },
  { date = 2020-01-28, name = "春节" },
  { date = 2020-01-29, name = "春节" },
  { date = 2020-01-30, name = "春节" },
  { date = 2020-01-31, name = "春节" },
  { date = 2020-02-01, name = "春节" },
  { date = 2020-02-02, name = "春节" },
  { date = 2020-04-04, name = "清明节" },
  { date = 2020-04-05, name = "清明节" },
  { date = 2020-04-06, name = "清明节" },
  { date = 2020-05-01, name = "劳动节" },
  { date = 2020-05-02, name = "劳动节" },
  { date = 2020-05-03, name = "劳动节" },
  { date = 2020-05-04, name = "劳动节" },
  { date = 2020-05-05, name = "劳动节" },
  { date = 2020-06-25, name = "端午节" },
  { date = 2020-06-26, name = "端午节" },
  { date = 2020-06-27, name = "端午节" },
  { date = 2020-10-01, name = "国庆节" },
  { date = 2020-10-02, name = "国庆节" },
  { date = 2020-10-03, name = "国庆节" },
  { date = 2020-10-04, name = "国庆节" },
  { date = 2020-10-05, name = "国庆节" },
  { date = 2020-10-06, name = "国庆节" },
  { date = 2020-10-07, name = "国庆节" },
  { date = 2020-10-08, name = "国庆节" },
  { date = 2021-01-01, name = "元旦" },
  { date = 2021-01-02, name = "元旦" },
  { date = 2021-01-03, name = "元旦" },
  { date = 2021-02-11, name = "春节" },
  { date = 2021-02-12, name = "春节" },
  { date = 2021-02-13, name = "春节" },
  { date = 2021-02-14, name = "春节" },
  { date = 2021-02-15, name = "春节" },
  { date = 2021-02-16, name = "春节" },
  { date = 2021-02-17, name = "春节" },
  { date = 2021-04-03, name = "清明节" },
  { date = 2021-04-04, name = "清明节" },
  { date = 2021-04-05, name = "清明节" },
  { date = 2021-05-01, name = "劳动节" },
  { date = 2021-05-02, name = "劳动节" },
  { date = 2021-05-03, name = "劳动节" },
  { date = 2021-05-04, name = "劳动节" },
  { date = 2021-05-05, name = "劳动节" },
  { date = 2021-06-12, name = "端午节" },
  { date = 2021-06-13, name = "端午节" },
  { date = 2021-06-14, name = "端午节" },
  { date = 2021-09-19, name = "中秋节" },
  { date = 2021-09-20, name = "中秋节" },
  { date = 2021-09-21, name = "中秋节" },
  { date = 2021-10-01, name = "国庆节" },
  { date = 2021-10-02, name = "国庆节" },
  { date = 2021-10-03, name = "国庆节" },
  { date = 2021-10-04, name = "国庆节" },
  { date = 2021-10-05, name = "国庆节" },
  { date = 2021-10-06, name = "国庆节" },
  { date = 2021-10-07, name = "国庆节" },
  { date = 2022-01-01, name = "元旦" },
  { date = 2022-01-02, name = "元旦" },
  { date = 2022-01-03, name = "元旦" },
  { date = 2022-01-31, name = "春节" },
  { date = 2022-02-01, name = "春节" },
  { date = 2022-02-02, name = "春节" },
  { date = 2022-02-03, name = "春节" },
  { date = 2022-02-04, name = "春节" },
  { date = 2022-02-05, name = "春节" },
  { date = 2022-02-06, name = "春节" },
  { date = 2022-04-03, name = "清明节" },
  { date = 2022-04-04, name = "清明节" },
  { date = 2022-04-05, name = "清明节" },
  { date = 2022-04-30, name = "劳动节" },
  { date = 2022-05-01, name = "劳动节" },
  { date = 2022-05-02, name = "劳动节" },
  { date = 2022-05-03, name = "劳动节" },
  { date = 2022-05-04, name = "劳动节" },
  { date = 2022-06-03, name = "端午节" },
  { date = 2022-06-04, name = "端午节" },
  { date = 2022-06-05, name = "端午节" },
  { date = 2022-09-10, name = "中秋节" },
  { date = 2022-09-11, name = "中秋节" },
  { date = 2022-09-12, name = "中秋节" },
  { date = 2022-10-01, name = "国庆节" },
  { date = 2022-10-02, name = "国庆节" },
  { date = 2022-10-03, name = "国庆节" },
  { date = 2022-10-04, name = "国庆节" },
  { date = 2022-10-05, name = "国庆节" },
  { date = 2022-10-06, name = "国庆节" },
  { date = 2022-10-07, name = "国庆节" },
  { date = 2022-12-31, name = "元旦" },
  { date = 2023-01-01, name = "元旦" },
  { date = 2023-01-02, name = "元旦" },
  { date = 2023-01-21, name = "春节" },
  { date = 2023-01-22, name = "春节" },
  { date = 2023-01-23, name = "春节" },
  { date = 2023-01-24, name = "春节" },
  { date = 2023-01-25, name = "春节" },
  { date = 2023-01-26, name = "春节" },
  { date = 2023-01-27, name = "春节" },
  { date = 2023-04-05, name = "清明节" },
  { date = 2023-04-29, name = "劳动节" },
  { date = 2023-04-30, name = "劳动节" },
  { date = 2023-05-01, name = "劳动节" },
  { date = 2023-05-02, name = "劳动节" },
  { date = 2023-05-03, name = "劳动节" },
  { date = 2023-06-22, name = "端午节" },
  { date = 2023-06-23, name = "端午节" },
  { date = 2023-06-24, name = "端午节" },
  { date = 2023-09-29, name = "中秋节" },
  { date = 2023-09-30, name = "国庆节" },
  { date = 2023-10-01, name = "国庆节" },
  { date = 2023-10-02, name = "国庆节" },
  { date = 2023-10-03, name = "国庆节" },
  { date = 2023-10-04, name = "国庆节" },
  { date = 2023-10-05, name = "国庆节" },
  { date = 2023-10-06, name = "国庆节" },
  { date = 2023-12-30, name = "元旦" },
  { date = 2023-12-31, name = "元旦" },
  { date = 2024-01-01, name = "元旦" },
  { date = 2024-02-10, name = "春节" },
  { date = 2024-02-11, name = "春节" },
  { date = 2024-02-12, name = "春节" },
  { date = 2024-02-13, name = "春节" },
  { date = 2024-02-14, name = "春节" },
  { date = 2024-02-15, name = "春节" },
  { date = 2024-02-16, name = "春节" },
  { date = 2024-02-17, name = "春节" },
  { date = 2024-04-04, name = "清明节" },
  { date = 2024-04-05, name = "清明节" },
  { date = 2024-04-06, name = "清明节" },
  { date = 2024-05-01, name = "劳动节" },
  { date = 2024-05-02, name = "劳动节" },
  { date = 2024-05-03, name = "劳动节" },
  { date = 2024-05-04, name = "劳动节" },
  { date = 2024-05-05, name = "劳动节" },
  { date = 2024-06-10, name = "端午节" },
  { date = 2024-09-15, name = "中秋节" },
  { date = 2024-09-16, name = "中秋节" },
  { date = 2024-09-17, name = "中秋节" },
  { date = 2024-10-01, name = "国庆节" },
  { date = 2024-10-02, name = "国庆节" },
  { date = 2024-10-03, name = "国庆节" },
  { date = 2024-10-04, name = "国庆节" },
  { date = 2024-10-05, name = "国庆节" },
  { date = 2024-10-06, name = "国庆节" },
  { date = 2024-10-07, name = "国庆节" },
  { date = 2025-01-01, name = "元旦" },
  { date = 2025-01-28, name = "春节" },
  { date = 2025-01-29, name = "春节" },
  { date = 2025-01-30, name = "春节" },
  { date = 2025-01-31, name = "春节" },
  { date = 2025-02-01, name = "春节" },
  { date = 2025-02-02, name = "春节" },
  { date = 2025-02-03, name = "春节" },
  { date = 2025-02-04, name = "春节" },
  { date = 2025-04-04, name = "清明节" },
  { date = 2025-04-05, name = "清明节" },
  { date = 2025-04-06, name = "清明节" },
  { date = 2025-05-01, name = "劳动节" },
  { date = 2025-05-02, name = "劳动节" },
  { date = 2025-05-03, name = "劳动节" },
  { date = 2025-05-04, name = "劳动节" },
  { date = 2025-05-05, name = "劳动节" },
  { date = 2025-05-31, name = "端午节" },
  { date = 2025-06-01, name = "端午节" },
  { date = 2025-06-02, name = "端午节" },
  { date = 2025-10-01, name = "国庆节" },
  { date = 2025-10-02, name = "国庆节" },
  { date = 2025-10-03, name = "国庆节" },
  { date = 2025-10-04, name = "国庆节" },
  { date = 2025-10-05, name = "国庆节" },
  { date = 2025-10-06, name = "中秋节" },
  { date = 2025-10-07, name = "国庆节" },
  { date = 2025-10-08, name = "国庆节" },
  { date = 2026-01-01, name = "元旦" },
  { date = 2026-01-02, name = "元旦" },
  { date = 2026-01-03, name = "元旦" },
  { date = 2026-02-15, name = "春节" },
  { date = 2026-02-16, name = "春节" },
  { date = 2026-02-17, name = "春节" },
  { date = 2026-02-18, name = "春节" },
  { date = 2026-02-19, name = "春节" },
  { date = 2026-02-20, name = "春节" },
  { date = 2026-02-21, name = "春节" },
  { date = 2026-02-22, name = "春节" },
  { date = 2026-02-23, name = "春节" },
  { date = 2026-04-04, name = "清明节" },
  { date = 2026-04-05, name = "清明节" },
  { date = 2026-04-06, name = "清明节" },
  { date = 2026-05-01, name = "劳动节" },
  { date = 2026-05-02, name = "劳动节" },
  { date = 2026-05-03, name = "劳动节" },
  { date = 2026-05-04, name = "劳动节" },
  { date = 2026-05-05, name = "劳动节" },
  { date = 2026-06-19, name = "端午节" },
  { date = 2026-06-20, name = "端午节" },
  { date = 2026-06-21, name = "端午节" },
  { date = 2026-09-25, name = "中秋节" },
  { date = 2026-09-26, name = "中秋节" },
  { date = 2026-09-27, name = "中秋节" },
  { date = 2026-10-01, name = "国庆节" },
  { date = 2026-10-02, name = "国庆节" },
  { date = 2026-10-03, name = "国庆节" },
  { date = 2026-10-04, name = "国庆节" },
  { date = 2026-10-05, name = "国庆节" },
  { date = 2026-10-06, name = "国庆节" },
  { date = 2026-10-07, name = "国庆节" },
  { date = 2027-01-01, name = "元旦" },
  { date = 2027-02-05, name = "春节" },
  { date = 2027-02-06, name = "春节" },
  { date = 2027-02-07, name = "春节" },
  { date = 2027-02-08, name = "春节" },
  { date = 2027-04-05, name = "清明节" },
  { date = 2027-05-01, name = "劳动节" },
  { date = 2027-05-02, name = "劳动节" },
  { date = 2027-06-09, name = "端午节" },
  { date = 2027-09-15, name = "中秋节" },
  { date = 2027-10-01, name = "国庆节" },
  { date = 2027-10-02, name = "国庆节" },
  { date = 2027-10-03, name = "国庆节" },
  { date = 2028-01-01, name = "元旦" },
  { date = 2028-01-25, name = "春节" },
  { date = 2028-01-26, name = "春节" },
  { date = 2028-01-27, name = "春节" },
  { date = 2028-01-28, name = "春节" },
  { date = 2028-04-04, name = "清明节" },
  { date = 2028-05-01, name = "劳动节" },
  { date = 2028-05-02, name = "劳动节" },
  { date = 2028-05-28, name = "端午节" },
  { date = 2028-10-01, name = "国庆节" },
  { date = 2028-10-02, name = "国庆节" },
  { date = 2028-10-03, name = "国庆节、中秋节" },
]
make_up = [
  { date = 2004-01-17, name = "春节" },
  { date = 2004-01-18, name = "春节" },
  { date = 2004-05-08, name = "劳动节" },
  { date = 2004-05-09, name = "劳动节" },
  { date = 2004-10-09, name = "国庆节" },
  { date = 2004-10-10, name = "国庆节" },
  { date = 2005-02-05, name = "春节" },
  { date = 2005-02-06, name = "春节" },
  { date = 2005-04-30, name = "劳动节" },
  { date = 2005-05-08, name = "劳动节" },
  { date = 2005-10-08, name = "国庆节" },
  { date = 2005-10-09, name = "国庆节" },
  { date = 2006-01-28, name = "春节" },
  { date = 2006-02-05, name = "春节" },
  { date = 2006-04-29, name = "劳动节" },
  { date = 2006-04-30, name = "劳动节" },
  { date = 2006-09-30, name = "国庆节" },
  { date = 2006-10-08, name = "国庆节" },
  { date = 2006-12-30, name = "元旦" },
  { date = 2006-12-31, name = "元旦" },
  { date = 2007-02-17, name = "春节" },
  { date = 2007-02-25, name = "春节" },
  { date = 2007-04-28, name = "劳动节" },
  { date = 2007-04-29, name = "劳动节" },
  { date = 2007-09-29, name = "国庆节" },
  { date = 2007-09-30, name = "国庆节" },
  { date = 2007-12-29, name = "元旦" },
  { date = 2008-02-02, name = "春节" },
  { date = 2008-02-03, name = "春节" },
  { date = 2008-05-04, name = "劳动节" },
  { date = 2008-09-27, name = "国庆节" },
  { date = 2008-09-28, name = "国庆节" },
  { date = 2009-01-04, name = "元旦" },
  { date = 2009-01-24, name = "春节" },
  { date = 2009-02-01, name = "春节" },
  { date = 2009-05-31, name = "端午节" },
  { date = 2009-09-27, name = "国庆节" },
  { date = 2009-10-10, name = "国庆节" },
  { date = 2010-02-20, name = "春节" },
  { date = 2010-02-21, name = "春节" },
  { date = 2010-06-12, name = "端午节" },
  { date = 2010-06-13, name = "端午节" },
  { date = 2010-09-19, name = "中秋节" },
  { date = 2010-09-25, name = "中秋节" },
  { date = 2010-09-26, name = "国庆节" },
  { date = 2010-10-09, name = "国庆节" },
  { date = 2011-01-30, name = "春节" },
  { date = 2011-02-12, name = "春节" },
  { date = 2011-04-02, name = "清明节" },
  { date = 2011-10-08, name = "国庆节" },
  { date = 2011-10-09, name = "国庆节" },
  { date = 2011-12-31, name = "元旦" },
  { date = 2012-01-21, name = "春节" },
  { date = 2012-01-29, name = "春节" },
  { date = 2012-03-31, name = "清明节" },
  { date = 2012-04-01, name = "清明节" },
  { date = 2012-04-28, name = "劳动节" },
  { date = 2012-09-29, name = "国庆节" },
  { date = 2013-01-05, name = "元旦" },
  { date = 2013-01-06, name = "元旦" },
  { date = 2013-02-16, name = "春节" },
  { date = 2013-02-17, name = "春节" },
  { date = 2013-04-07, name = "清明节" },
  { date = 2013-04-27, name = "劳动节" },
  { date = 2013-04-28, name = "劳动节" },
  { date = 2013-06-08, name = "端午节" },
  { date = 2013-06-09, name = "端午节" },
  { date = 2013-09-22, name = "中秋节" },
  { date = 2013-09-29, name = "国庆节" },
  { date = 2013-10-12, name = "国庆节" },
  { date = 2014-01-26, name = "春节" },
  { date = 2014-02-08, name = "春节" },
  { date = 2014-05-04, name = "劳动节" },
  { date = 2014-09-28, name = "国庆节" },
  { date = 2014-10-11, name = "国庆节" },
  { date = 2015-01-04, name = "元旦" },
  { date = 2015-02-15, name = "春节" },
  { date = 2015-02-28, name = "春节" },
  { date = 2015-09-06, name = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日" },
  { date = 2015-10-10, name = "国庆节" },
  { date = 2016-02-06, name = "春节" },
  { date = 2016-02-14, name = "春节" },
  { date = 2016-06-12, name = "端午节" },
  { date = 2016-09-18, name = "中秋节" },
  { date = 2016-10-08, name = "国庆节" },
  { date = 2016-10-09, name = "国庆节" },
  { date = 2017-01-22, name = "春节" },
  { date = 2017-02-04, name = "春节" },
  { date = 2017-04-01, name = "清明节" },
  { date = 2017-05-27, name = "端午节" },
  { date = 2017-09-30, name = "国庆节" },
  { date = 2018-02-11, name = "春节" },
  { date = 2018-02-24, name = "春节" },
  { date = 2018-04-08, name = "清明节" },
  { date = 2018-04-28, name = "劳动节" },
  { date = 2018-09-29, name = "国庆节" },
  { date = 2018-09-30, name = "国庆节" },
  { date = 2018-12-29, name = "元旦" },
  { date = 2019-02-02, name = "春节" },
  { date = 2019-02-03, name = "春节" },
  { date = 2019-04-28, name = "劳动节" },
  { date = 2019-05-05, name = "劳动节" },
  { date = 2019-09-29, name = "国庆节" },
  { date = 2019-10-12, name = "国庆节" },
  { date = 2020-01-19, name = "春节" },
  { date = 2020-04-26, name = "劳动节" },
  { date = 2020-05-09, name = "劳动节" },
  { date = 2020-06-28, name = "端午节" },
  { date = 2020-09-27, name = "国庆节" },
  { date = 2020-10-10, name = "国庆节" },
  { date = 2021-02-07, name = "春节" },
  { date = 2021-02-20, name = "春节" },
  { date = 2021-04-25, name = "劳动节" },
  { date = 2021-05-08, name = "劳动节" },
  { date = 2021-09-18, name = "中秋节" },
  { date = 2021-09-26, name = "国庆节" },
  { date = 2021-10-09, name = "国庆节" },
  { date = 2022-01-29, name = "春节" },
  { date = 2022-01-30, name = "春节" },
  { date = 2022-04-02, name = "清明节" },
  { date = 2022-04-24, name = "劳动节" },
  { date = 2022-05-07, name = "劳动节" },
  { date = 2022-10-08, name = "国庆节" },
  { date = 2022-10-09, name = "国庆节" },
  { date = 2023-01-28, name = "春节" },
  { date = 2023-01-29, name = "春节" },
  { date = 2023-04-23, name = "劳动节" },
  { date = 2023-05-06, name = "劳动节" },
  { date = 2023-06-25, name = "端午节" },
  { date = 2023-10-07, name = "国庆节" },
  { date = 2023-10-08, name = "国庆节" },
  { date = 2024-02-04, name = "春节" },
  { date = 2024-02-18, name = "春节" },
  { date = 2024-04-07, name = "清明节" },
  { date = 2024-04-28, name = "劳动节" },
  { date = 2024-05-11, name = "劳动节" },
  { date = 2024-09-14, name = "中秋节" },
  { date = 2024-09-29, name = "国庆节" },
  { date = 2024-10-12, name = "国庆节" },
  { date = 2025-01-26, name = "春节" },
  { date = 2025-02-08, name = "春节" },
  { date = 2025-04-27, name = "劳动节" },
  { date = 2025-09-28, name = "国庆节" },
  { date = 2025-10-11, name = "国庆节" },
  { date = 2026-01-04, name = "元旦" },
  { date = 2026-02-14, name = "春节" },
  { date = 2026-02-28, name = "春节" },
  { date = 2026-05-09, name = "劳动节" },
  { date = 2026-09-20, name = "国庆节" },
  { date = 2026-10-10, name = "国庆节" },
]
closed = []
hours = [
  { from = "01-01", to = "12-31", spans = ["08:30-12:00", "14:30-17:30"] },
]
hours_on = []
', 0, 1539568800000000);
INSERT INTO public.counter (division, unit, day, purpose, next) VALUES ('410800', 'GSJ', '20181015', 'case', 2);
INSERT INTO public.counter (division, unit, day, purpose, next) VALUES ('410800', 'GSJ', '20181024', 'case', 2);
INSERT INTO public.counter (division, unit, day, purpose, next) VALUES ('410800', 'GSJ', '20181126', 'case', 4);
INSERT INTO public.counter (division, unit, day, purpose, next) VALUES ('410800', 'GSJ', '20181126', 'order', 2);
INSERT INTO public.division (division, name) VALUES ('410800', '焦作市');
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 1, 'received', 1539568800000000, 1539568800000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":1,"occurred_at_us":1539568800000000,"recorded_at_us":1539568800000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"cab91b9b8eafee3434a98324a056e51e6fecc6a11e53a66f16bdc2c1805d7ae0","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}', 'sm3', '0000000000000000000000000000000000000000000000000000000000000000', 'ec7efab9802a73be266b9f3b5940745c1d5f345e70a17c572228d4a7a0711d0b', 735, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 2, 'accepted', 1539568800000000, 1539568800000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":2,"occurred_at_us":1539568800000000,"recorded_at_us":1539568800000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"accepted","data":{"item_version":1}}', 'sm3', 'ec7efab9802a73be266b9f3b5940745c1d5f345e70a17c572228d4a7a0711d0b', '611eeb96221520d00393053ef737953647f4a18ecc24d2ed0fd93ab8db83d58f', 736, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 3, 'stop_opened', 1539651600000000, 1539651600000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":3,"occurred_at_us":1539651600000000,"recorded_at_us":1539651600000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stop_opened","data":{"stop":1,"procedure":"hearing","notice":"听字1号","term":"5wd"}}', 'sm3', '611eeb96221520d00393053ef737953647f4a18ecc24d2ed0fd93ab8db83d58f', 'cfe9215a18eb744d120d05adeb4f37586e1cef90fd456588d68a1fa9dca608b6', 737, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 4, 'stop_closed', 1539846000000000, 1539846000000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":4,"occurred_at_us":1539846000000000,"recorded_at_us":1539846000000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stop_closed","data":{"stop":1}}', 'sm3', 'cfe9215a18eb744d120d05adeb4f37586e1cef90fd456588d68a1fa9dca608b6', 'fa6786ff64e82d164992b0e1e83dde4cff99799cd5f524c50b39818603260057', 738, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 5, 'extended', 1539846000000000, 1539846000000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":5,"occurred_at_us":1539846000000000,"recorded_at_us":1539846000000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"extended","data":{"working_days":3,"approver":"孙局长","reason":"情况复杂","notice":"延字1号"}}', 'sm3', 'fa6786ff64e82d164992b0e1e83dde4cff99799cd5f524c50b39818603260057', '508dc27f582f3897e462b27d2e04e05753d29d5493bc5007d78792b094efb13e', 739, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 6, 'stage_completed', 1539914400000000, 1539914400000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":6,"occurred_at_us":1539914400000000,"recorded_at_us":1539914400000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"handling"}}', 'sm3', '508dc27f582f3897e462b27d2e04e05753d29d5493bc5007d78792b094efb13e', '67ae0427ff6f6fe0aa8840ac67e7f17d4bfaf6563a45316df0130d13aee492eb', 740, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 7, 'stage_completed', 1539914400000000, 1539914400000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":7,"occurred_at_us":1539914400000000,"recorded_at_us":1539914400000000,"by":"R1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"review"}}', 'sm3', '67ae0427ff6f6fe0aa8840ac67e7f17d4bfaf6563a45316df0130d13aee492eb', '1ba76155f6eca14d912b0b08b088e56caace8b065d7ba97b9129d0972b961ce0', 741, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 8, 'sent_back', 1540173600000000, 1540173600000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":8,"occurred_at_us":1540173600000000,"recorded_at_us":1540173600000000,"by":"P1","calendar":"cn-2026.1","rules":1,"kind":"sent_back","data":{"to":"handling","reason":"材料矛盾"}}', 'sm3', '1ba76155f6eca14d912b0b08b088e56caace8b065d7ba97b9129d0972b961ce0', '1b189d9587794366b0004ed0dfd68652556f0b3677ce6938690d64dd4d7f5bd8', 742, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 9, 'stage_completed', 1540173600000000, 1540173600000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":9,"occurred_at_us":1540173600000000,"recorded_at_us":1540173600000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"handling"}}', 'sm3', '1b189d9587794366b0004ed0dfd68652556f0b3677ce6938690d64dd4d7f5bd8', '7b145b58646c3da26fbda45ceee56f7b0419b8e91008ffd0e3a4bedaab541e3d', 743, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 10, 'stage_completed', 1540260000000000, 1540260000000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":10,"occurred_at_us":1540260000000000,"recorded_at_us":1540260000000000,"by":"R1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"review"}}', 'sm3', '7b145b58646c3da26fbda45ceee56f7b0419b8e91008ffd0e3a4bedaab541e3d', '1bd6a3b72435165c6c9e418852376434ad8f52f380df82eb65528c57da3c3fb7', 744, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 11, 'stage_completed', 1540260000000000, 1540260000000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":11,"occurred_at_us":1540260000000000,"recorded_at_us":1540260000000000,"by":"P1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"approval","outcome":"granted","document":{"number":"准字1号"}}}', 'sm3', '1bd6a3b72435165c6c9e418852376434ad8f52f380df82eb65528c57da3c3fb7', '6cba4ca0ca100ebea72ec2b7bb280659fba486f682462e0c5f07e22bfe80f850', 745, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 12, 'stage_completed', 1540260000000000, 1540260000000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":12,"occurred_at_us":1540260000000000,"recorded_at_us":1540260000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"completion"}}', 'sm3', '6cba4ca0ca100ebea72ec2b7bb280659fba486f682462e0c5f07e22bfe80f850', 'b279f28035225cd2447046d685d49ce68eb4be67dfa4627e3408c54395179dc8', 746, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181015-0001', 13, 'delivered', 1540346400000000, 1540346400000000, '{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":13,"occurred_at_us":1540346400000000,"recorded_at_us":1540346400000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"delivered"}', 'sm3', 'b279f28035225cd2447046d685d49ce68eb4be67dfa4627e3408c54395179dc8', 'ff3bb1374fa8d5b52b5311f397c8324db79603ae17ca4d2c83c203acf59cd746', 747, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 1, 'received', 1540350000000000, 1540350000000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":1,"occurred_at_us":1540350000000000,"recorded_at_us":1540350000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"70fed2ca5504d590427dabadd9f1dde6c48664df3aa192f8ffc69c463b7e894c","kind":"received","data":{"item":"GSJ-002","item_version":1,"unit":"GSJ"}}', 'sm3', '0000000000000000000000000000000000000000000000000000000000000000', '29382412f7fe6d639903d12731265c70b6716420b09e24eb76348acdaf0d575a', 748, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 2, 'correction_notified', 1540350000000000, 1540350000000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":2,"occurred_at_us":1540350000000000,"recorded_at_us":1540350000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"correction_notified","data":{"missing":["营业执照","章程"]}}', 'sm3', '29382412f7fe6d639903d12731265c70b6716420b09e24eb76348acdaf0d575a', 'b372e5611d56999f831b5e5e18fe8ea0294eaf96ed517e8590063845efdf365f', 749, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 3, 'supplied', 1540515600000000, 1540515600000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":3,"occurred_at_us":1540515600000000,"recorded_at_us":1540515600000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"supplied"}', 'sm3', 'b372e5611d56999f831b5e5e18fe8ea0294eaf96ed517e8590063845efdf365f', 'acc39ba2252483034da7c2c374a8849c94da345375f266d44ef2604d61f34a68', 750, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 4, 'deemed_accepted', 1541174400000000, 1541984400000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":4,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"deemed_accepted","data":{"item_version":1}}', 'sm3', 'acc39ba2252483034da7c2c374a8849c94da345375f266d44ef2604d61f34a68', 'd485808b57b2f04246859a8f5cc21629d4b62dae28efd29a0e7b4f1374f84aeb', 751, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 5, 'warning_raised', 1541174400000000, 1541984400000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":5,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"warning_raised","data":{"rule":"promised-notice","rules_version":1,"level":"notice","clock":"promised","occurrence":4,"due_at_us":1541174400000000,"limit_at_us":1540915200000000,"effective_at_us":1541174400000000,"pending":false}}', 'sm3', 'd485808b57b2f04246859a8f5cc21629d4b62dae28efd29a0e7b4f1374f84aeb', '7159202d502cbf0b46e00134aa4f74e4d443d0d0de47f1e81ee9d1add48dcdb8', 751, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 6, 'limit_passed', 1541174400000000, 1541984400000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":6,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"limit_passed","data":{"clock":"promised","occurrence":4,"limit_at_us":1541174400000000,"effective_at_us":1541174400000000}}', 'sm3', '7159202d502cbf0b46e00134aa4f74e4d443d0d0de47f1e81ee9d1add48dcdb8', 'ce6611fd9b6227fbec5db8d960439e875a8419e135f9bc5c90e68250aed691e5', 751, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 7, 'warning_raised', 1541174400000000, 1541984400000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":7,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"warning_raised","data":{"rule":"promised-yellow","rules_version":1,"level":"yellow","clock":"promised","occurrence":4,"due_at_us":1541174400000000,"limit_at_us":1541174400000000,"effective_at_us":1541174400000000,"pending":false}}', 'sm3', 'ce6611fd9b6227fbec5db8d960439e875a8419e135f9bc5c90e68250aed691e5', 'ac7afa4bbcdcf63018296fc8fcc0560b1bfe7415bc36b7d128e808e6bed95212', 751, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 8, 'stage_completed', 1541728800000000, 1541984400000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":8,"occurred_at_us":1541728800000000,"recorded_at_us":1541984400000000,"by":"H1","calendar":"cn-2026.1","rules":1,"late_reason":"系统停运","kind":"stage_completed","data":{"stage":"handling"}}', 'sm3', 'ac7afa4bbcdcf63018296fc8fcc0560b1bfe7415bc36b7d128e808e6bed95212', '71da40c25c2043886acc517092861034572f8308a6c5292e48be8ac1ee4f4edd', 752, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 9, 'event_annulled', 1541984400000000, 1541984400000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":9,"occurred_at_us":1541984400000000,"recorded_at_us":1541984400000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"event_annulled","data":{"target":8,"reason":"录入有误"}}', 'sm3', '71da40c25c2043886acc517092861034572f8308a6c5292e48be8ac1ee4f4edd', 'b998b945baa330f23b60dd2a505fb065e5148c1dab31c08e1cec009924ea88a9', 753, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 10, 'limit_passed', 1542988800000000, 1543194000000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":10,"occurred_at_us":1542988800000000,"recorded_at_us":1543194000000000,"calendar":"cn-2026.1","rules":1,"kind":"limit_passed","data":{"clock":"statutory","occurrence":4,"limit_at_us":1542988800000000,"effective_at_us":1542988800000000}}', 'sm3', 'b998b945baa330f23b60dd2a505fb065e5148c1dab31c08e1cec009924ea88a9', '8a5e9d3461580b70d9093c86e7feee71c68fe82a5fae51190f7aecc5a7b282fe', 754, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181024-0001', 11, 'warning_raised', 1542988800000000, 1543194000000000, '{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":11,"occurred_at_us":1542988800000000,"recorded_at_us":1543194000000000,"calendar":"cn-2026.1","rules":1,"kind":"warning_raised","data":{"rule":"statutory-red","rules_version":1,"level":"red","clock":"statutory","occurrence":4,"due_at_us":1542988800000000,"limit_at_us":1542988800000000,"effective_at_us":1542988800000000,"pending":false}}', 'sm3', '8a5e9d3461580b70d9093c86e7feee71c68fe82a5fae51190f7aecc5a7b282fe', '6548192a894212b76324bbb175d1cdcda9e835bf04cb35bd31710912e1e2c8c9', 754, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0001', 1, 'received', 1543197600000000, 1543197600000000, '{"division":"410800","subject":"410800-GSJ-20181126-0001","seq":1,"occurred_at_us":1543197600000000,"recorded_at_us":1543197600000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"6e11a21f91ad10758d9481f91cc961deb6fda245b4fdfb6e80f83082474192dd","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}', 'sm3', '0000000000000000000000000000000000000000000000000000000000000000', '4cbc2737104cfb4ed286f4b5cf018075ee7b625097eab24b560ffbc264ae855f', 755, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0001', 2, 'not_accepted', 1543197600000000, 1543197600000000, '{"division":"410800","subject":"410800-GSJ-20181126-0001","seq":2,"occurred_at_us":1543197600000000,"recorded_at_us":1543197600000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"not_accepted","data":{"reason":"不属本机关职权"}}', 'sm3', '4cbc2737104cfb4ed286f4b5cf018075ee7b625097eab24b560ffbc264ae855f', '047b71d32698b39cd1c92f49acbf8fb97a8476bc1fac0f8b79f01c601801aaa4', 756, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0002', 1, 'received', 1543201200000000, 1543201200000000, '{"division":"410800","subject":"410800-GSJ-20181126-0002","seq":1,"occurred_at_us":1543201200000000,"recorded_at_us":1543201200000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"0e56b35a0f305863b1297e74899e4d658dbed7efbe6f5373f19260102140bbbd","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}', 'sm3', '0000000000000000000000000000000000000000000000000000000000000000', 'c507d9de706755084542090a935ec2c35c6a7e353a1a3153228b485becbeac5f', 757, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0002', 2, 'accepted', 1543201200000000, 1543201200000000, '{"division":"410800","subject":"410800-GSJ-20181126-0002","seq":2,"occurred_at_us":1543201200000000,"recorded_at_us":1543201200000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"accepted","data":{"item_version":1}}', 'sm3', 'c507d9de706755084542090a935ec2c35c6a7e353a1a3153228b485becbeac5f', 'b1ac898fa3b58b7c912801f7bd0580bcf97b9e93cb6f6d4a8dc3086487daa045', 758, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0002', 3, 'closed', 1543201200000000, 1543201200000000, '{"division":"410800","subject":"410800-GSJ-20181126-0002","seq":3,"occurred_at_us":1543201200000000,"recorded_at_us":1543201200000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"closed","data":{"outcome":"withdrawn","reason":"申请人撤回"}}', 'sm3', 'b1ac898fa3b58b7c912801f7bd0580bcf97b9e93cb6f6d4a8dc3086487daa045', '1c7ce0ee3d0ddbefbb47d25b63ded8565679d808aada04e4f82c65354a34f59b', 759, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0003', 1, 'received', 1543212000000000, 1543212000000000, '{"division":"410800","subject":"410800-GSJ-20181126-0003","seq":1,"occurred_at_us":1543212000000000,"recorded_at_us":1543212000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"c45cbe29215a4db6dffa80c17817b221c46ebc183fe292959f6ce0e2bc00add0","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}', 'sm3', '0000000000000000000000000000000000000000000000000000000000000000', '7bd1b8414762e819d2b46d07a4e56507e31258ce911f284041c507c6696389af', 760, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', '410800-GSJ-20181126-0003', 2, 'accepted', 1543212000000000, 1543212000000000, '{"division":"410800","subject":"410800-GSJ-20181126-0003","seq":2,"occurred_at_us":1543212000000000,"recorded_at_us":1543212000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"accepted","data":{"item_version":1}}', 'sm3', '7bd1b8414762e819d2b46d07a4e56507e31258ce911f284041c507c6696389af', 'a88e14e71e1f007f396e01bdaacc430a1f33e063dab0f962e5155c10a154ff42', 761, NULL);
INSERT INTO public.event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, feed_group, source_key) VALUES ('410800', 'DB-410800-GSJ-20181126-0001', 1, 'order_issued', 1543212000000000, 1543212000000000, '{"division":"410800","subject":"DB-410800-GSJ-20181126-0001","seq":1,"occurred_at_us":1543212000000000,"recorded_at_us":1543212000000000,"by":"I1","calendar":"cn-2026.1","rules":1,"kind":"order_issued","data":{"unit":"GSJ","text":"请说明原因","term":"3wd","about":"410800-GSJ-20181024-0001"}}', 'sm3', '0000000000000000000000000000000000000000000000000000000000000000', 'bff02c3abdff41ddeb73ab12c999b9ff4a2542d99e95815436935416c0bd4a52', 762, NULL);
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'GSJ-001', 1, 1539568800000000, '企业设立登记', 'GSJ', 'committed', 'approval', 7, 'working_days', 10, 'working_days', 3, 2, 1, 1, '行政许可法第四十二条', 'material_complete', 'decision', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'GSJ-002', 1, 1539568800000000, '食品流通许可', 'GSJ', 'committed', 'approval', 5, 'working_days', 20, 'working_days', NULL, NULL, NULL, NULL, '行政许可法第四十二条', 'material_complete', 'decision', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'GSJ-003', 1, 1539568800000000, '企业名称预先核准', 'GSJ', 'immediate', 'approval', 0, 'working_days', 1, 'working_days', NULL, NULL, NULL, NULL, '行政许可法第四十二条', 'material_complete', 'decision', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'GSJ-004', 1, 1539568800000000, '建设项目联合审批', 'GSJ', 'joint', 'approval', 30, 'working_days', 45, 'working_days', 20, 5, 3, 2, '行政许可法第四十二条第二款', 'material_complete', 'decision', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'HBJ-001', 1, 1539568800000000, '危险废物经营许可初审', 'HBJ', 'forwarded', 'approval', 15, 'working_days', 20, 'working_days', 8, 4, 2, 1, '行政许可法第四十三条', 'material_complete', 'decision', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'HBJ-002', 1, 1539568800000000, '排污许可', 'HBJ', 'committed', 'approval', 20, 'natural_days', 29, 'natural_days', NULL, NULL, NULL, NULL, '行政许可法第四十二条', 'material_complete', 'decision', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'GTJ-001', 1, 1539568800000000, '采矿许可登记', 'GTJ', 'committed', 'approval', 20, 'working_days', 1, 'months', NULL, NULL, NULL, NULL, '行政许可法第四十二条', 'acceptance_paper', 'completion', '{}');
INSERT INTO public.item (division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details) VALUES ('410800', 'GTJ-002', 1, 1539568800000000, '土地登记资料查询', 'GTJ', 'immediate', 'service', 8, 'working_hours', NULL, NULL, NULL, NULL, NULL, NULL, '土地登记资料公开查询办法', 'material_complete', 'decision', '{}');
INSERT INTO public.message (division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts, next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us) VALUES ('410800', '662015c44d4213568e545f266dd79300@localhost', 'B1', 'b1@example.cn', 'mail', '【试运行】【红牌1 黄牌1 督办1】2条时限提醒、1件督办，请及时办理', '孙局长：
请及时办理以下事项（工作日数截至2018年11月26日）：
■ 红牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   法定时限，11月23日 周五 24:00前，已超 1 个工作日
◆ 黄牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）
督办 1 件
1. DB-410800-GSJ-20181126-0001
   督办，11月29日 周四 24:00前，剩 3 个工作日
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
', '<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">孙局长：</p>
<p style="margin:0 0 16px;">请及时办理以下事项（工作日数截至2018年11月26日）：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">法定时限<br><span style="white-space:nowrap;">11月23日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 1 个工作日</td>
</tr>
</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#8a6100;background-color:#fff3c4;padding:2px 10px;white-space:nowrap;">◆ 黄牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>
</table>
<p style="margin:0 0 8px;"><b>督办 1</b></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">DB-410800-GSJ-20181126-0001</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">督办<br><span style="white-space:nowrap;">11月29日 周四 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;">剩 3 个工作日</td>
</tr>
</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
', 'sent', 1, NULL, NULL, NULL, NULL, 1543212000000000, 1543212000000000);
INSERT INTO public.message (division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts, next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us) VALUES ('410800', '241a975d081ae8bb8f6338eb4f0626b8@localhost', 'H2', 'h2@example.cn', 'mail', '【试运行】【红牌1 黄牌1 预警1】3条时限提醒，请及时办理', '李代班：
请及时办理以下事项（工作日数截至2018年11月26日）：
■ 红牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   法定时限，11月23日 周五 24:00前，已超 1 个工作日
◆ 黄牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）
● 预警 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
', '<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">李代班：</p>
<p style="margin:0 0 16px;">请及时办理以下事项（工作日数截至2018年11月26日）：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">法定时限<br><span style="white-space:nowrap;">11月23日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 1 个工作日</td>
</tr>
</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#8a6100;background-color:#fff3c4;padding:2px 10px;white-space:nowrap;">◆ 黄牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>
</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#0b4f9e;background-color:#e3efff;padding:2px 10px;white-space:nowrap;">● 预警 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>
</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
', 'sent', 1, NULL, NULL, NULL, NULL, 1543212000000000, 1543212000000000);
INSERT INTO public.message (division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts, next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us) VALUES ('410800', 'bfbc34e1b211a898b086726fdf93f5cc@localhost', 'H1', 'h1@example.cn', 'mail', '【试运行】【红牌1 黄牌1 预警1】3条时限提醒，请及时办理', '张承办：
请及时办理以下事项（工作日数截至2018年11月26日）：
■ 红牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   法定时限，11月23日 周五 24:00前，已超 1 个工作日
◆ 黄牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）
● 预警 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
', '<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">张承办：</p>
<p style="margin:0 0 16px;">请及时办理以下事项（工作日数截至2018年11月26日）：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">法定时限<br><span style="white-space:nowrap;">11月23日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 1 个工作日</td>
</tr>
</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#8a6100;background-color:#fff3c4;padding:2px 10px;white-space:nowrap;">◆ 黄牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>
</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#0b4f9e;background-color:#e3efff;padding:2px 10px;white-space:nowrap;">● 预警 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>
</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
', 'sent', 1, NULL, NULL, NULL, NULL, 1543212000000000, 1543212000000000);
INSERT INTO public.message (division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts, next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us) VALUES ('410800', 'e85bd98622b5fe47a82416a17b194cb9@localhost', 'I1', 'i1@example.cn', 'mail', '【试运行】【红牌】办件410800-GSJ-20181024-0001“食品流通许可”已超过法定时限1个工作日，请立即办理', '周监察：
■ 红牌  办件410800-GSJ-20181024-0001“食品流通许可”
法定时限：11月23日 周五 24:00前，已超 1 个工作日。
本件现在“承办”环节，责任人：张承办。
请立即办理。
责任单位：工商行政管理局
到期日期：2018年11月23日
监察规则：已超过法定时限。（statutory-red）
依    据：行政许可法第四十二条第一款
依    据：行政许可法第四十二条第二款
依    据：行政许可法第七十四条第二项
依    据：行政许可法第八十二条
触发时刻：2018年11月23日 24:00
记录时刻：2018年11月26日 09:00（剩余和超期的工作日数截至当日）
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
', '<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">周监察：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌</span></p>
<p style="margin:0 0 4px;">办件 410800-GSJ-20181024-0001“食品流通许可”</p>
<p style="margin:0 0 4px;">法定时限：<b>11月23日 周五 24:00前</b></p>
<p style="margin:0 0 12px;font-size:24px;line-height:36px;font-weight:bold;color:#a3121f;">已超 1 个工作日</p>
<p style="margin:0 0 16px;">本件现在“承办”环节，责任人：张承办。请立即办理。</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">责任单位</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">工商行政管理局</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">到期日期</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">监察规则</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">已超过法定时限。（statutory-red）</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">依据</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第一款</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第二款</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第七十四条第二项</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第八十二条</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">触发时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日 24:00</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">记录时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月26日 09:00（剩余和超期的工作日数截至当日）</td>
</tr>
</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
', 'sent', 1, NULL, NULL, NULL, NULL, 1543212000000000, 1543212000000000);
INSERT INTO public.message (division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts, next_try_at_us, last_error, lease_owner, lease_until_us, created_at_us, sent_at_us) VALUES ('410800', '7ee3e6ca71bb5613342acfd5cf29f4d7@localhost', 'L1', 'l1@example.cn', 'mail', '【试运行】【红牌】办件410800-GSJ-20181024-0001“食品流通许可”已超过法定时限1个工作日，请立即办理', '吴领导：
■ 红牌  办件410800-GSJ-20181024-0001“食品流通许可”
法定时限：11月23日 周五 24:00前，已超 1 个工作日。
本件现在“承办”环节，责任人：张承办。
请立即办理。
责任单位：工商行政管理局
到期日期：2018年11月23日
监察规则：已超过法定时限。（statutory-red）
依    据：行政许可法第四十二条第一款
依    据：行政许可法第四十二条第二款
依    据：行政许可法第七十四条第二项
依    据：行政许可法第八十二条
触发时刻：2018年11月23日 24:00
记录时刻：2018年11月26日 09:00（剩余和超期的工作日数截至当日）
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
', '<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">吴领导：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌</span></p>
<p style="margin:0 0 4px;">办件 410800-GSJ-20181024-0001“食品流通许可”</p>
<p style="margin:0 0 4px;">法定时限：<b>11月23日 周五 24:00前</b></p>
<p style="margin:0 0 12px;font-size:24px;line-height:36px;font-weight:bold;color:#a3121f;">已超 1 个工作日</p>
<p style="margin:0 0 16px;">本件现在“承办”环节，责任人：张承办。请立即办理。</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">责任单位</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">工商行政管理局</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">到期日期</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">监察规则</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">已超过法定时限。（statutory-red）</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">依据</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第一款</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第二款</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第七十四条第二项</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第八十二条</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">触发时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日 24:00</td>
</tr>
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">记录时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月26日 09:00（剩余和超期的工作日数截至当日）</td>
</tr>
</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
', 'sent', 1, NULL, NULL, NULL, NULL, 1543212000000000, 1543212000000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 5, 'H1', 'mail', 'warning', 'notice', '{"note":"warning","level":"notice","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-10-30T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-notice","rule_text":"距承诺时限只剩两个工作日或更少，请抓紧办理。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}', 'composed', NULL, 'bfbc34e1b211a898b086726fdf93f5cc@localhost', 1541984400000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 7, 'H1', 'mail', 'warning', 'yellow', '{"note":"warning","level":"yellow","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-11-02T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-yellow","rule_text":"已超过承诺时限，请立即办理并说明原因。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}', 'composed', NULL, 'bfbc34e1b211a898b086726fdf93f5cc@localhost', 1541984400000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 11, 'H1', 'mail', 'warning', 'red', '{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}', 'composed', NULL, 'bfbc34e1b211a898b086726fdf93f5cc@localhost', 1543194000000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 5, 'H2', 'mail', 'warning', 'notice', '{"note":"warning","level":"notice","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-10-30T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-notice","rule_text":"距承诺时限只剩两个工作日或更少，请抓紧办理。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}', 'composed', NULL, '241a975d081ae8bb8f6338eb4f0626b8@localhost', 1541984400000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 7, 'H2', 'mail', 'warning', 'yellow', '{"note":"warning","level":"yellow","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-11-02T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-yellow","rule_text":"已超过承诺时限，请立即办理并说明原因。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}', 'composed', NULL, '241a975d081ae8bb8f6338eb4f0626b8@localhost', 1541984400000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 11, 'I1', 'mail', 'warning', 'red', '{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}', 'composed', NULL, 'e85bd98622b5fe47a82416a17b194cb9@localhost', 1543194000000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 11, 'L1', 'mail', 'warning', 'red', '{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}', 'composed', NULL, '7ee3e6ca71bb5613342acfd5cf29f4d7@localhost', 1543194000000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 7, 'B1', 'mail', 'warning', 'yellow', '{"note":"warning","level":"yellow","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-11-02T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-yellow","rule_text":"已超过承诺时限，请立即办理并说明原因。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}', 'composed', NULL, '662015c44d4213568e545f266dd79300@localhost', 1541984400000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 11, 'B1', 'mail', 'warning', 'red', '{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}', 'composed', NULL, '662015c44d4213568e545f266dd79300@localhost', 1543194000000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', 'DB-410800-GSJ-20181126-0001', 1, 'B1', 'mail', 'order', NULL, '{"note":"order","kind":"issued","order_number":"DB-410800-GSJ-20181126-0001","case_number":"410800-GSJ-20181024-0001","item_name":null,"unit_name":"工商行政管理局","demand":"请说明原因","reason":null,"due_on":"2018-11-29","due_at":"2018-11-29T16:00:00Z","left_working_days":3,"issued_by":"周监察","basis":[],"recorded_at":"2018-11-26T06:00:00Z","path":null}', 'composed', NULL, '662015c44d4213568e545f266dd79300@localhost', 1543212000000000);
INSERT INTO public.message_item (division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us) VALUES ('410800', '410800-GSJ-20181024-0001', 11, 'H2', 'mail', 'warning', 'red', '{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}', 'composed', NULL, '241a975d081ae8bb8f6338eb4f0626b8@localhost', 1543194000000000);
INSERT INTO public.meta (key, value) VALUES ('trial', '1');
INSERT INTO public.meta (key, value) VALUES ('books_edition', '2-f6293cdbe515f269');
INSERT INTO public.meta (key, value) VALUES ('trial_now_us', '1543212000000000');
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'C1', '王窗口', 'GSJ', 'clerk', 'c1@example.cn', NULL, 'acceptance completion', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'H1', '张承办', 'GSJ', 'staff', 'h1@example.cn', NULL, 'handling', 'H2', 1293811200000000, 1609430400000000, '工商〔2011〕1号', true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'H2', '李代班', 'GSJ', 'staff', 'h2@example.cn', NULL, '', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'R1', '赵审核', 'GSJ', 'staff', 'r1@example.cn', NULL, 'review', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'P1', '钱批准', 'GSJ', 'staff', 'p1@example.cn', NULL, 'approval', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'B1', '孙局长', 'GSJ', 'head', 'b1@example.cn', NULL, '', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'H3', '冯承办', 'HBJ', 'staff', NULL, NULL, 'handling', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'B3', '郑局长', 'HBJ', 'head', 'b3@example.cn', NULL, '', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'I1', '周监察', '*', 'inspector', 'i1@example.cn', NULL, '', NULL, NULL, NULL, NULL, true);
INSERT INTO public.person (division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active) VALUES ('410800', 'L1', '吴领导', '*', 'leader', 'l1@example.cn', NULL, '', NULL, NULL, NULL, NULL, true);
INSERT INTO public.personal (division, subject, seq, salt, data) VALUES ('410800', '410800-GSJ-20181015-0001', 1, '\x087f0aa3af823abf01b006e92469bfcc743de209985752075729d0c998be2f05', '{"applicant":"张三","id_number":null}');
INSERT INTO public.personal (division, subject, seq, salt, data) VALUES ('410800', '410800-GSJ-20181024-0001', 1, '\x89e32352c8e417e5782277a530363e59d5093fd148a62f46992c502f7d556a81', '{"applicant":"李四","id_number":null}');
INSERT INTO public.personal (division, subject, seq, salt, data) VALUES ('410800', '410800-GSJ-20181126-0001', 1, '\x9fec125747b104c69f85a4606a971059d4222b7912582733c1595d6e4a413054', '{"applicant":"王五","id_number":null}');
INSERT INTO public.personal (division, subject, seq, salt, data) VALUES ('410800', '410800-GSJ-20181126-0002', 1, '\xfc1ac06a46361e90e40e09ec4429ce1c0aa98732124c825dfcc6d323276032d3', '{"applicant":"赵六","id_number":null}');
INSERT INTO public.personal (division, subject, seq, salt, data) VALUES ('410800', '410800-GSJ-20181126-0003', 1, '\x721d343fd9e456f816e191d6cebc67cc7b64275ca1915074f9bf128fdacd8979', '{"applicant":"孙七","id_number":null}');
INSERT INTO public.ruleset (version, text, in_force_from_us, loaded_at_us) VALUES (1, '# Rule set `limits` (the default): by kind of limit.
#
# A notice when the promised limit comes near, a yellow card after the promised limit or a
# stage''s, a red card after the statutory one. The circle of those told grows with the level:
# handler and stand-in; the head of the unit; inspectors and leaders.
# `limits-full` watches the other periods too (acceptance, delivery, special procedures …).
#
# Keys of a [[rule]]:
#   id       small letters, digits, hyphens; never reused for another meaning
#   element  acceptance promised statutory stage stage-handling stage-review stage-approval
#            stage-completion stop suspension correction delivery partner order appeal complaint
#   level    notice (预警), yellow (黄牌) or red (红牌)
#   when     before_working_days = N   at 00:00 of the first day with N working days left or fewer
#            used_percent = P          at 00:00 of the first day on which P % of the term is used
#            (both together: whichever comes first)
#            after_working_days = N    N working days after the due date; 0 = at the due instant
#   tell     handler stand-in head inspector leader
#   issue    at-once, or wait-for-inspector: the card is pending until an inspector issues it
#   order    { term = "5wd", text = "…" }: a supervision order that goes out with the card
#   basis    keys of config/law/*.toml
#   text, text_en   what people read on the card
name = "limits"
# Terms: wd working days, d natural days, m months, h working hours, min working minutes.
[periods]
acceptance = "5wd"                        # 行政许可法 art. 32
delivery   = "10wd"                       # art. 44
forwarded  = "20wd"                       # art. 43
extension_cap_working_days       = 10     # art. 42 ¶1, by the organ''s own head
joint_extension_cap_working_days = 15     # art. 42 ¶2, by the head of the same-level government
# correction = "30d"                      # the law sets none; add it where a local rule does
# partner    = "10wd"                     # for the opinion of a partner unit; local as well
# ---- The whole case ----
[[rule]]
id      = "promised-notice"
element = "promised"
level   = "notice"
before_working_days = 2
tell    = ["handler", "stand-in"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-82"]
text    = "距承诺时限只剩两个工作日或更少，请抓紧办理。"
text_en = "Two working days or less are left of the promised limit."
[[rule]]
id      = "promised-yellow"
element = "promised"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-82"]
text    = "已超过承诺时限，请立即办理并说明原因。"
text_en = "The promised limit has passed: act now and say why."
[[rule]]
id      = "statutory-red"
element = "statutory"
level   = "red"
after_working_days = 0
tell    = ["handler", "stand-in", "head", "inspector", "leader"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-42-2", "permit-law-74-2", "permit-law-82"]
text    = "已超过法定时限。"
text_en = "The statutory limit has passed."
# ---- One stage ----
[[rule]]
id      = "stage-yellow"
element = "stage"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-82"]
text    = "本环节已超过规定时限，请立即办理。"
text_en = "The limit of this stage has passed: act now."
# ---- Orders, appeals, complaints ----
[[rule]]
id      = "order-notice"
element = "order"
level   = "notice"
before_working_days = 1
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-74-2"]
text    = "督办期限将到，请及时回复。"
text_en = "The term of the supervision order is about to end."
[[rule]]
id      = "order-yellow"
element = "order"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head", "inspector", "leader"]
issue   = "at-once"
basis   = ["permit-law-74-2"]
text    = "督办期限已过，仍未办结回复。"
text_en = "The term of the supervision order has passed without a reply."
[[rule]]
id      = "appeal-notice"
element = "appeal"
level   = "notice"
before_working_days = 1
tell    = ["handler", "stand-in", "inspector"]
issue   = "at-once"
basis   = ["permit-law-74-2"]
text    = "申诉答复期限将到。"
text_en = "The time to answer the appeal is about to end."
[[rule]]
id      = "complaint-notice"
element = "complaint"
level   = "notice"
before_working_days = 2
tell    = ["handler", "stand-in"]
issue   = "at-once"
basis   = ["permit-law-72-inform"]
text    = "投诉答复期限将到，请及时处理。"
text_en = "The time to answer the complaint is about to end."
[[rule]]
id      = "complaint-yellow"
element = "complaint"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-72-inform"]
text    = "已超过投诉答复期限。"
text_en = "The complaint has not been answered in time."
', 0, 1539568800000000);
INSERT INTO public.subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source) VALUES ('410800', '410800-GSJ-20181015-0001', 'case', 'GSJ', 'GSJ-001', 1, NULL, 'completed', NULL, 'granted', 'C1', 1539568800000000, 1539568800000000, 1540260000000000, 1540260000000000, 1541001600000000, 1541433600000000, 1540396800000000, NULL, 13, 'ff3bb1374fa8d5b52b5311f397c8324db79603ae17ca4d2c83c203acf59cd746', NULL, 'cn-2026.1', 1, false, NULL);
INSERT INTO public.subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source) VALUES ('410800', '410800-GSJ-20181024-0001', 'case', 'GSJ', 'GSJ-002', 1, NULL, 'open', 'handling', NULL, NULL, 1540350000000000, 1541174400000000, NULL, NULL, 1541174400000000, 1542988800000000, NULL, 'red', 11, '6548192a894212b76324bbb175d1cdcda9e835bf04cb35bd31710912e1e2c8c9', NULL, 'cn-2026.1', 1, false, NULL);
INSERT INTO public.subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source) VALUES ('410800', '410800-GSJ-20181126-0001', 'case', 'GSJ', 'GSJ-001', 1, NULL, 'completed', NULL, 'not_accepted', NULL, 1543197600000000, NULL, NULL, 1543197600000000, NULL, NULL, NULL, NULL, 2, '047b71d32698b39cd1c92f49acbf8fb97a8476bc1fac0f8b79f01c601801aaa4', NULL, 'cn-2026.1', 1, false, NULL);
INSERT INTO public.subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source) VALUES ('410800', '410800-GSJ-20181126-0002', 'case', 'GSJ', 'GSJ-001', 1, NULL, 'closed', NULL, 'withdrawn', NULL, 1543201200000000, 1543201200000000, NULL, 1543201200000000, 1544025600000000, 1544457600000000, 1543507200000000, NULL, 3, '1c7ce0ee3d0ddbefbb47d25b63ded8565679d808aada04e4f82c65354a34f59b', NULL, 'cn-2026.1', 1, false, NULL);
INSERT INTO public.subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source) VALUES ('410800', '410800-GSJ-20181126-0003', 'case', 'GSJ', 'GSJ-001', 1, NULL, 'open', 'handling', NULL, NULL, 1543212000000000, 1543212000000000, NULL, NULL, 1544025600000000, 1544457600000000, 1543507200000000, NULL, 2, 'a88e14e71e1f007f396e01bdaacc430a1f33e063dab0f962e5155c10a154ff42', 1543507200000000, 'cn-2026.1', 1, false, NULL);
INSERT INTO public.subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source) VALUES ('410800', 'DB-410800-GSJ-20181126-0001', 'order', 'GSJ', NULL, NULL, '410800-GSJ-20181024-0001', 'issued', NULL, NULL, NULL, 1543212000000000, NULL, NULL, NULL, NULL, NULL, 1543507200000000, NULL, 1, 'bff02c3abdff41ddeb73ab12c999b9ff4a2542d99e95815436935416c0bd4a52', 1543334400000000, 'cn-2026.1', 1, false, NULL);
INSERT INTO public.unit (division, unit, name, kind, vertical, hall) VALUES ('410800', 'GSJ', '工商行政管理局', 'bureau', true, 'H01');
INSERT INTO public.unit (division, unit, name, kind, vertical, hall) VALUES ('410800', 'HBJ', '环境保护局', 'bureau', false, 'H01');
INSERT INTO public.unit (division, unit, name, kind, vertical, hall) VALUES ('410800', 'GTJ', '国土资源局', 'bureau', false, 'H02');
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.calendar
    ADD CONSTRAINT calendar_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (division, unit, day, purpose);
ALTER TABLE ONLY public.division
    ADD CONSTRAINT division_pkey PRIMARY KEY (division);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (division, subject, seq);
ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (division, item, version);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (job);
ALTER TABLE ONLY public.job_run
    ADD CONSTRAINT job_run_pkey PRIMARY KEY (job, scheduled_at_us);
ALTER TABLE ONLY public.message_item
    ADD CONSTRAINT message_item_pkey PRIMARY KEY (division, subject, seq, recipient, channel);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (division, message_id);
ALTER TABLE ONLY public.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (division, person);
ALTER TABLE ONLY public.personal
    ADD CONSTRAINT personal_pkey PRIMARY KEY (division, subject, seq);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (revision);
ALTER TABLE ONLY public.revision_trace
    ADD CONSTRAINT revision_trace_pkey PRIMARY KEY (division, revision, subject, clock);
ALTER TABLE ONLY public.ruleset
    ADD CONSTRAINT ruleset_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.subject
    ADD CONSTRAINT subject_pkey PRIMARY KEY (division, subject);
ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (division, unit);
CREATE INDEX event_feed ON public.event USING btree (division, feed_group, subject, seq);
CREATE UNIQUE INDEX event_source_key ON public.event USING btree (division, subject, source_key) WHERE (source_key IS NOT NULL);
CREATE INDEX message_item_free ON public.message_item USING btree (division, recipient, channel, subject, seq) WHERE (state = 'free'::text);
CREATE INDEX message_item_message ON public.message_item USING btree (division, message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX message_queued ON public.message USING btree (division, next_try_at_us, message_id) WHERE (state = 'queued'::text);
CREATE INDEX person_unit ON public.person USING btree (division, unit, person);
CREATE INDEX subject_about ON public.subject USING btree (division, about, subject) WHERE (about IS NOT NULL);
CREATE INDEX subject_alarm ON public.subject USING btree (division, next_alarm_us, subject) WHERE (next_alarm_us IS NOT NULL);
CREATE INDEX subject_unit ON public.subject USING btree (division, unit, state, subject);
