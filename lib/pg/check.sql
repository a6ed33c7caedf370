-- What would keep a service from running as this role over this schema: a sentence for each.
-- It looks into the catalogue only, and changes nothing:
--
--     psql -v schema=sla -f check.sql

SELECT said FROM (

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
SELECT 4, format('the table %s is missing: what was in it comes back from a backup only', name)
FROM unnest(ARRAY['schema_version', 'shard', 'writer', 'ticket', 'fact', 'event', 'consumer',
    'mark', 'world', 'document']) AS name
WHERE to_regclass(':"schema".' || name) IS NULL

UNION ALL
SELECT 5, format('the view %s is missing: schema.sql has it', name)
FROM unnest(ARRAY['clock', 'open_clock', 'at_risk', 'breach_month', 'on_time']) AS name
WHERE to_regclass(':"schema".' || name) IS NULL

UNION ALL
SELECT 6, 'the index ticket_open is missing: schema.sql has it'
WHERE to_regclass(':"schema".ticket_open') IS NULL

UNION ALL
SELECT 7, format('the function %s is missing: `sla db migrate` makes it again', name)
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

) AS complaints
ORDER BY place, said
