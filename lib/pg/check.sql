-- What would keep a service from running as this role over this schema: a sentence for each.
-- It looks into the catalogue only, and changes nothing.

WITH wanted (name, type, columns) AS (VALUES
    ('schema_version', 'integer', 'version fold'),
    ('schema_version', 'timestamptz', 'applied_at'),
    ('shard', 'smallint', 'id'),
    ('shard', 'bigint', 'epoch'),
    ('shard', 'bytea', 'owner'),
    ('shard', 'timestamptz', 'expires_at'),
    ('writer', 'bytea', 'incarnation'),
    ('writer', 'bigint', 'number events'),
    ('writer', 'timestamptz', 'decided_at'),
    ('ticket', 'text', 'tenant ticket kind grade region'),
    ('ticket', 'bigint', 'number'),
    ('ticket', 'timestamptz', 'next_at due_at opened_at'),
    ('ticket', 'integer', 'facts live rank'),
    ('ticket', 'smallint', 'shard level'),
    ('ticket', 'boolean', 'breached open'),
    ('ticket', 'jsonb', 'attributes'),
    ('ticket', 'json', 'clocks'),
    ('ticket', 'bytea', 'state'),
    ('fact', 'text', 'tenant ticket id name'),
    ('fact', 'integer', 'seq rules'),
    ('fact', 'timestamptz', 'occurred_at recorded_at'),
    ('fact', 'json', 'content'),
    ('event', 'bigint', 'number'),
    ('event', 'text', 'tenant ticket policy target step kind state agreement policy_version '
        'told_to because reason derived fact_id'),
    ('event', 'integer', 'cycle repeat revision skipped collapsed rank fact_seq'),
    ('event', 'timestamptz', 'at told started_at due_at old_due_at breached_at ended_at'),
    ('event', 'smallint', 'level'),
    ('event', 'boolean', 'late breached provisional provisional_attributes governs excluded '
        'adjusted_met imported'),
    ('consumer', 'text', 'name'),
    ('consumer', 'bigint', 'through'),
    ('mark', 'text', 'consumer'),
    ('mark', 'bigint', 'number'),
    ('world', 'integer', 'number'),
    ('world', 'timestamptz', 'adopted_at'),
    ('document', 'integer', 'world position'),
    ('document', 'text', 'source kind name version text')),
live AS (SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = to_regnamespace(':"schema"') AND a.attnum > 0 AND NOT a.attisdropped)
SELECT place, said FROM (

SELECT 1 AS place, 'a service refuses to run as a superuser, for whom no right is checked: use '
    'an ordinary role (roles.sql makes one)' AS said
WHERE current_setting('is_superuser') = 'on'

UNION ALL
SELECT 2, 'synchronous_commit is off, which a service refuses: what is answered as written could '
    'be lost'
WHERE current_setting('synchronous_commit') = 'off'

UNION ALL
SELECT 3, 'the server is a standby: a service cannot write there'
WHERE pg_is_in_recovery()

UNION ALL
SELECT 3, 'the role may only read (default_transaction_read_only is on): a service has to write'
WHERE NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'on'

UNION ALL
SELECT 4, format('the table %s is missing: what was in it comes back from a backup only', name)
FROM (SELECT DISTINCT name FROM wanted) AS tables
WHERE to_regclass(':"schema".' || name) IS NULL

UNION ALL
SELECT 5, format('the view %s is missing: `sla db init` makes it again', name)
FROM unnest(ARRAY['clock', 'open_clock', 'at_risk', 'breach_month', 'on_time']) AS name
WHERE to_regclass(':"schema".' || name) IS NULL

UNION ALL
SELECT 6, 'the index ticket_open is missing: `sla db init` makes it again'
WHERE to_regclass(':"schema".ticket_open') IS NULL

UNION ALL
SELECT 7, format('the function %s is missing: `sla db init` makes it again', name)
FROM unnest(ARRAY['refuse', 'unit_begin', 'unit_events']) AS name
WHERE NOT EXISTS (SELECT FROM pg_proc WHERE proname = name
    AND pronamespace = to_regnamespace(':"schema"'))

UNION ALL
SELECT 8, format('the role %s has no right to %s %s: roles.sql gives it', current_user, act, name)
FROM (VALUES ('schema_version', 'SELECT'), ('shard', 'SELECT'), ('shard', 'UPDATE'),
    ('writer', 'SELECT'), ('writer', 'INSERT'), ('writer', 'UPDATE'), ('writer', 'DELETE'),
    ('ticket', 'SELECT'), ('ticket', 'INSERT'), ('ticket', 'UPDATE'), ('ticket', 'DELETE'),
    ('fact', 'SELECT'), ('fact', 'INSERT'), ('fact', 'DELETE'),
    ('event', 'SELECT'), ('event', 'INSERT'), ('event', 'DELETE'),
    ('consumer', 'SELECT'), ('consumer', 'INSERT'), ('consumer', 'UPDATE'),
    ('mark', 'SELECT'), ('mark', 'INSERT'), ('mark', 'DELETE'),
    ('world', 'SELECT'), ('world', 'INSERT'),
    ('document', 'SELECT'), ('document', 'INSERT')) AS needed (name, act)
WHERE NOT has_table_privilege(to_regclass(':"schema".' || name), act)

UNION ALL
SELECT 9, format('the role %s has no right to EXECUTE %s: roles.sql gives it', current_user,
    oid::regprocedure)
FROM pg_proc
WHERE pronamespace = to_regnamespace(':"schema"')
    AND NOT has_function_privilege(oid, 'EXECUTE')

UNION ALL
SELECT 10, format('the column %s of the table %s is %s', wanted_column, wanted.name,
    coalesce('of type ' || live.type || ' instead of ' || wanted.type,
        'missing: what was in it comes back from a backup only'))
FROM wanted CROSS JOIN LATERAL regexp_split_to_table(columns, ' ') AS wanted_column
    LEFT JOIN live ON live.name = wanted.name AND live.column = wanted_column
WHERE to_regclass(':"schema".' || wanted.name) IS NOT NULL
    AND live.type IS DISTINCT FROM format_type(to_regtype(wanted.type), NULL)

) AS complaints
ORDER BY place, said
