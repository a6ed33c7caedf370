-- Who may do what, for those who do not want one account to do everything.  Run once by an
-- administrator, after schema.sql and as often as one likes:
--
--     psql --single-transaction -f roles.sql                  of another schema: -v schema=NAME
--
-- Whoever ran schema.sql owns the tables and is needed again only to migrate.  Accounts that
-- log in are made members:  GRANT sla_engine TO ...;  GRANT sla_read TO ...;

\if :{?schema}
\else
\set schema sla
\endif
\set ON_ERROR_STOP on

SELECT 'CREATE ROLE sla_engine NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sla_engine') \gexec
SELECT 'CREATE ROLE sla_read NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sla_read') \gexec

-- The service.  What is in a journal it may not change; it may delete, as it does when a ticket is
-- forgotten.
GRANT USAGE ON SCHEMA :"schema" TO sla_engine;
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO sla_engine;
GRANT INSERT ON :"schema".ticket, :"schema".fact, :"schema".event, :"schema".writer,
    :"schema".consumer, :"schema".mark, :"schema".world, :"schema".document TO sla_engine;
GRANT UPDATE ON :"schema".ticket, :"schema".writer, :"schema".consumer, :"schema".shard
    TO sla_engine;
GRANT DELETE ON :"schema".ticket, :"schema".fact, :"schema".event, :"schema".writer,
    :"schema".mark TO sla_engine;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA :"schema" FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA :"schema" TO sla_engine;

-- People and reports: the views, and nothing behind them.
GRANT USAGE ON SCHEMA :"schema" TO sla_read;
GRANT SELECT ON :"schema".clock, :"schema".open_clock, :"schema".at_risk,
    :"schema".breach_month, :"schema".on_time TO sla_read;
