-- What would keep a service from running as this role over this schema: a sentence for each.
-- It looks into the catalogue only, and changes nothing.

-- Columns by type; `?` behind one that may be NULL, `=` behind one that the server computes.
WITH wanted (name, type, columns) AS (VALUES
    ('schema_version', 'integer', 'version fold'),
    ('schema_version', 'timestamptz', 'applied_at'),
    ('shard', 'smallint', 'id'),
    ('shard', 'bigint', 'epoch'),
    ('shard', 'bytea', 'owner?'),
    ('shard', 'timestamptz', 'expires_at?'),
    ('writer', 'bytea', 'incarnation'),
    ('writer', 'bigint', 'number events'),
    ('writer', 'timestamptz', 'decided_at?'),
    ('ticket', 'text', 'tenant ticket kind= grade= region='),
    ('ticket', 'bigint', 'number'),
    ('ticket', 'timestamptz', 'next_at? due_at? opened_at?'),
    ('ticket', 'integer', 'facts live rank?'),
    ('ticket', 'smallint', 'shard level'),
    ('ticket', 'boolean', 'breached open='),
    ('ticket', 'jsonb', 'attributes?'),
    ('ticket', 'json', 'clocks?'),
    ('ticket', 'bytea', 'state'),
    ('fact', 'text', 'tenant ticket id? name'),
    ('fact', 'integer', 'seq rules'),
    ('fact', 'timestamptz', 'occurred_at recorded_at'),
    ('fact', 'json', 'content?'),
    ('event', 'bigint', 'number'),
    ('event', 'text', 'tenant ticket policy target step kind state agreement policy_version? '
        'told_to? because? reason? derived? fact_id?'),
    ('event', 'integer', 'cycle repeat revision skipped collapsed rank fact_seq'),
    ('event', 'timestamptz', 'at told started_at? due_at? old_due_at? breached_at? ended_at?'),
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
    ('document', 'text', 'source? kind? name? version? text')),
wanted_column AS (SELECT name, type, rtrim(marked, '?=') AS column, marked LIKE '%?' AS may_be_null,
        marked LIKE '%=' AS is_computed
    FROM wanted CROSS JOIN LATERAL regexp_split_to_table(columns, ' ') AS marked),
wanted_key (name, form, columns) AS (VALUES
    ('schema_version', 'PRIMARY KEY', 'version'),
    ('shard', 'PRIMARY KEY', 'id'),
    ('writer', 'PRIMARY KEY', 'incarnation'),
    ('ticket', 'PRIMARY KEY', 'tenant, ticket'),
    ('fact', 'PRIMARY KEY', 'tenant, ticket, seq'),
    ('event', 'PRIMARY KEY', 'number'),
    ('event', 'CONSTRAINT event_identity UNIQUE',
        'tenant, ticket, policy, target, cycle, step, repeat, revision'),
    ('consumer', 'PRIMARY KEY', 'name'),
    ('mark', 'PRIMARY KEY', 'consumer, number'),
    ('world', 'PRIMARY KEY', 'number'),
    ('document', 'PRIMARY KEY', 'world, position')),
-- Ours that are there.
live_table AS (SELECT c.oid, c.relname AS name, c.relkind, c.relpersistence
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace(':"schema"')
        AND c.relname IN (SELECT name FROM wanted)),
live_key AS (SELECT t.name, string_agg(a.attname, ', ' ORDER BY part.place) AS columns
    FROM live_table AS t JOIN pg_index AS i ON i.indrelid = t.oid
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS part (attribute, place)
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = part.attribute
    WHERE i.indisunique AND i.indimmediate AND i.indisvalid AND i.indisready
        AND i.indpred IS NULL AND i.indexprs IS NULL AND part.place <= i.indnkeyatts
    GROUP BY i.indexrelid, t.name),
live AS (SELECT t.name, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
        a.attnotnull AS is_required, a.attgenerated <> '' AS is_computed, a.atthasdef AS has_default,
        a.attidentity <> '' AS is_identity
    FROM live_table AS t JOIN pg_attribute AS a ON a.attrelid = t.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped)
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
SELECT 10, format('the column %s of the table %s is %s', w.column, w.name,
    coalesce('of type ' || live.type || ' instead of ' || w.type,
        'missing: what was in it comes back from a backup only'))
FROM wanted_column AS w LEFT JOIN live USING (name, "column")
WHERE to_regclass(':"schema".' || w.name) IS NOT NULL
    AND live.type IS DISTINCT FROM format_type(to_regtype(w.type), NULL)

UNION ALL
SELECT 11, format('the column %s of the table %s is %s', w.column, w.name, CASE
    WHEN w.is_computed THEN 'not computed any more: by it tickets are found, and those written '
        'since are not'
    WHEN live.is_computed THEN 'computed by somebody else: what is written to it is refused'
    WHEN live.is_required THEN 'NOT NULL by somebody else: what is written without it is refused'
    ELSE 'not NOT NULL any more: what no release writes could be in it' END)
FROM wanted_column AS w JOIN live USING (name, "column")
WHERE w.is_computed <> live.is_computed
    OR (NOT w.is_computed AND w.may_be_null = live.is_required)

UNION ALL
SELECT 12, format('the column %s of the table %s is not of this release, and has to be given: '
    'what is written to the table is refused', live.column, live.name)
FROM live LEFT JOIN wanted_column AS w USING (name, "column")
WHERE w.name IS NULL AND live.is_required
    AND NOT (live.has_default OR live.is_identity OR live.is_computed)

UNION ALL
SELECT 13, format('the table %s has lost its key, so a thing may be in it twice: ALTER TABLE %s '
    'ADD %s (%s)', w.name, t.oid::regclass, w.form, w.columns)
FROM wanted_key AS w JOIN live_table AS t USING (name)
WHERE NOT EXISTS (SELECT FROM live_key AS k WHERE k.name = w.name AND k.columns = w.columns)

UNION ALL
SELECT 14, format('the table shard has lost its CHECK: ALTER TABLE %s ADD CHECK (id BETWEEN 0 AND '
    '63)', oid::regclass)
FROM live_table AS t
WHERE name = 'shard' AND NOT EXISTS (SELECT FROM pg_constraint AS c
    WHERE c.conrelid = t.oid AND c.contype = 'c' AND c.convalidated
        AND pg_get_constraintdef(c.oid) = 'CHECK (((id >= 0) AND (id <= 63)))')

UNION ALL
SELECT 15, format('the table %s is UNLOGGED: a crash of the server empties it: ALTER TABLE %s SET '
    'LOGGED', name, oid::regclass)
FROM live_table
WHERE relpersistence <> 'p'

UNION ALL
SELECT 16, format('%s is no table of this release, but something of its name', name)
FROM live_table
WHERE relkind NOT IN ('r', 'p')

UNION ALL
SELECT 17, format('the trigger %s on the table %s is somebody else''s: a service does not see what '
    'it changes or leaves out', g.tgname, t.name)
FROM live_table AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid
WHERE NOT g.tgisinternal AND g.tgenabled IN ('O', 'A')

UNION ALL
SELECT 18, format('the rule %s on the table %s is somebody else''s: a service does not see what it '
    'changes or leaves out', r.rulename, t.name)
FROM live_table AS t JOIN pg_rewrite AS r ON r.ev_class = t.oid
WHERE t.relkind IN ('r', 'p') AND r.ev_enabled IN ('O', 'A')

UNION ALL
SELECT 19, format('rows of the table %s are kept from the role %s by row level security: a service '
    'does not see that they are there', name, current_user)
FROM live_table
WHERE relkind IN ('r', 'p') AND row_security_active(oid)

) AS complaints
ORDER BY place, said
