-- What is derived from the tables: an index and the views for people.  `sla db init` runs it behind
-- schema.sql, and again where one of them is missing; `sla db migrate` always does:
--
--     psql --single-transaction -v ON_ERROR_STOP=1 -v schema=trial -f views.sql

-- What is loaded at start, and what the self-audit asks each minute.  The closed tickets, nearly
-- all after some years, are not in it.  It names no column that changes from step to step (of
-- next_at, an index would): so an UPDATE stays on its page (HOT) and touches no index.  Half of a
-- page is left free for that, for a moment at which all its tickets change at once.
CREATE INDEX IF NOT EXISTS ticket_open ON :"schema".ticket (shard) WHERE open;

-- Instants inside `clocks` are whole microseconds since 1970 UTC.  The multiplication is exact: a
-- double holds every microsecond of the years that libsla accepts.
CREATE OR REPLACE VIEW :"schema".clock AS
SELECT t.tenant, t.ticket, t.kind, t.grade, t.region,
    p.policy,
    coalesce(c.version, p.version) AS policy_version,
    coalesce(p.agreement, 'sla') AS agreement,
    coalesce(p.rank, 0) AS rank,
    c.target,
    coalesce(c.metric, c.target) AS metric,
    coalesce(c.cycle, 1) AS cycle,
    coalesce(c.state, 'running') AS state,
    CASE WHEN c.due_at IS NOT NULL
         THEN coalesce(timestamptz 'epoch' + c.started_at * interval '1 microsecond', t.opened_at)
         END AS started_at,
    timestamptz 'epoch' + c.due_at * interval '1 microsecond' AS due_at,
    timestamptz 'epoch' + c.paused_at * interval '1 microsecond' AS paused_at,
    timestamptz 'epoch' + c.ended_at * interval '1 microsecond' AS ended_at,
    timestamptz 'epoch' + c.breached_at * interval '1 microsecond' AS breached_at,
    coalesce(c.breached, c.breached_at IS NOT NULL) AS breached,
    coalesce(c.level, 0) AS level,
    coalesce(c.governs, coalesce(c.state, 'running') IN ('running', 'paused')) AS governs,
    coalesce(c.provisional, false) AS provisional,
    coalesce(c.provisional_attributes, false) AS provisional_attributes,
    coalesce(c.excluded, false) AS excluded,
    coalesce(c.adjusted_met, coalesce(c.state, 'running') = 'met') AS adjusted_met,
    t.open
FROM :"schema".ticket AS t
    CROSS JOIN LATERAL json_to_recordset(t.clocks) AS p (
        policy text, version text, agreement text, rank integer, clocks json)
    CROSS JOIN LATERAL json_to_recordset(p.clocks) AS c (
        version text, target text, metric text, cycle integer, state text,
        started_at bigint, due_at bigint, paused_at bigint, ended_at bigint, breached_at bigint,
        breached boolean, level integer, governs boolean, provisional boolean,
        provisional_attributes boolean, excluded boolean, adjusted_met boolean);
COMMENT ON VIEW :"schema".clock IS
    'The clocks of all tickets that have begun, as they stand, the ended ones too';
COMMENT ON COLUMN :"schema".clock.tenant IS
    'whose ticket it is';
COMMENT ON COLUMN :"schema".clock.ticket IS
    'which ticket';
COMMENT ON COLUMN :"schema".clock.kind IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".clock.grade IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".clock.region IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".clock.policy IS
    'which policy';
COMMENT ON COLUMN :"schema".clock.policy_version IS
    'its version, for this clock';
COMMENT ON COLUMN :"schema".clock.agreement IS
    'sla, ola or uc';
COMMENT ON COLUMN :"schema".clock.rank IS
    'of the ticket under the policy';
COMMENT ON COLUMN :"schema".clock.target IS
    'which target of the policy';
COMMENT ON COLUMN :"schema".clock.metric IS
    'what the target measures';
COMMENT ON COLUMN :"schema".clock.cycle IS
    'from 1; each recurrence or new start is one';
COMMENT ON COLUMN :"schema".clock.state IS
    'running, paused, met, missed, cancelled';
COMMENT ON COLUMN :"schema".clock.started_at IS
    'when it began';
COMMENT ON COLUMN :"schema".clock.due_at IS
    'when it is or was due';
COMMENT ON COLUMN :"schema".clock.paused_at IS
    'since when it stands still';
COMMENT ON COLUMN :"schema".clock.ended_at IS
    'when it was met, missed or cancelled';
COMMENT ON COLUMN :"schema".clock.breached_at IS
    'when the due passed while it ran';
COMMENT ON COLUMN :"schema".clock.breached IS
    'whether the due passed while it ran';
COMMENT ON COLUMN :"schema".clock.level IS
    'the highest level told, 0 for none';
COMMENT ON COLUMN :"schema".clock.governs IS
    'of the live clocks of its metric it is due first';
COMMENT ON COLUMN :"schema".clock.provisional IS
    'the due rests on holidays that are not known yet';
COMMENT ON COLUMN :"schema".clock.provisional_attributes IS
    'the due rests on defaults of attributes';
COMMENT ON COLUMN :"schema".clock.excluded IS
    'a waiver leaves it out of the figures';
COMMENT ON COLUMN :"schema".clock.adjusted_met IS
    'met, or met once the credit of a waiver is counted';
COMMENT ON COLUMN :"schema".clock.open IS
    'whether its ticket has a clock that lives or something that waits';

CREATE OR REPLACE VIEW :"schema".open_clock AS
SELECT tenant, ticket, kind, grade, region, policy, policy_version, agreement, rank,
    target, metric, cycle, state, started_at, due_at, paused_at, breached_at, breached, level,
    governs, provisional, provisional_attributes
FROM :"schema".clock
WHERE open AND state IN ('running', 'paused')
ORDER BY due_at, rank DESC, tenant, ticket, policy, target, cycle;
COMMENT ON VIEW :"schema".open_clock IS
    'Clocks that run or stand still: by due, and by rank where two are due at once';
COMMENT ON COLUMN :"schema".open_clock.tenant IS
    'whose ticket it is';
COMMENT ON COLUMN :"schema".open_clock.ticket IS
    'which ticket';
COMMENT ON COLUMN :"schema".open_clock.kind IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".open_clock.grade IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".open_clock.region IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".open_clock.policy IS
    'which policy';
COMMENT ON COLUMN :"schema".open_clock.policy_version IS
    'its version, for this clock';
COMMENT ON COLUMN :"schema".open_clock.agreement IS
    'sla, ola or uc';
COMMENT ON COLUMN :"schema".open_clock.rank IS
    'of the ticket under the policy';
COMMENT ON COLUMN :"schema".open_clock.target IS
    'which target of the policy';
COMMENT ON COLUMN :"schema".open_clock.metric IS
    'what the target measures';
COMMENT ON COLUMN :"schema".open_clock.cycle IS
    'from 1; each recurrence or new start is one';
COMMENT ON COLUMN :"schema".open_clock.state IS
    'running, paused, met, missed, cancelled';
COMMENT ON COLUMN :"schema".open_clock.started_at IS
    'when it began';
COMMENT ON COLUMN :"schema".open_clock.due_at IS
    'when it is or was due';
COMMENT ON COLUMN :"schema".open_clock.paused_at IS
    'since when it stands still';
COMMENT ON COLUMN :"schema".open_clock.breached_at IS
    'when the due passed while it ran';
COMMENT ON COLUMN :"schema".open_clock.breached IS
    'whether the due passed while it ran';
COMMENT ON COLUMN :"schema".open_clock.level IS
    'the highest level told, 0 for none';
COMMENT ON COLUMN :"schema".open_clock.governs IS
    'of the live clocks of its metric it is due first';
COMMENT ON COLUMN :"schema".open_clock.provisional IS
    'the due rests on holidays that are not known yet';
COMMENT ON COLUMN :"schema".open_clock.provisional_attributes IS
    'the due rests on defaults of attributes';

CREATE OR REPLACE VIEW :"schema".at_risk AS
SELECT tenant, ticket, kind, grade, region, policy, policy_version, agreement, rank,
    target, metric, cycle, state, started_at, due_at, paused_at, breached_at, breached, level,
    governs, provisional, provisional_attributes
FROM :"schema".clock
WHERE open AND state = 'running' AND NOT breached AND due_at <= now() + interval '1 hour'
ORDER BY due_at, rank DESC, tenant, ticket, policy, target, cycle;
COMMENT ON VIEW :"schema".at_risk IS
    'Running clocks that fall due within the next hour, by the clock of the machine or of the database';
COMMENT ON COLUMN :"schema".at_risk.tenant IS
    'whose ticket it is';
COMMENT ON COLUMN :"schema".at_risk.ticket IS
    'which ticket';
COMMENT ON COLUMN :"schema".at_risk.kind IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".at_risk.grade IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".at_risk.region IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".at_risk.policy IS
    'which policy';
COMMENT ON COLUMN :"schema".at_risk.policy_version IS
    'its version, for this clock';
COMMENT ON COLUMN :"schema".at_risk.agreement IS
    'sla, ola or uc';
COMMENT ON COLUMN :"schema".at_risk.rank IS
    'of the ticket under the policy';
COMMENT ON COLUMN :"schema".at_risk.target IS
    'which target of the policy';
COMMENT ON COLUMN :"schema".at_risk.metric IS
    'what the target measures';
COMMENT ON COLUMN :"schema".at_risk.cycle IS
    'from 1; each recurrence or new start is one';
COMMENT ON COLUMN :"schema".at_risk.state IS
    'running, paused, met, missed, cancelled';
COMMENT ON COLUMN :"schema".at_risk.started_at IS
    'when it began';
COMMENT ON COLUMN :"schema".at_risk.due_at IS
    'when it is or was due';
COMMENT ON COLUMN :"schema".at_risk.paused_at IS
    'since when it stands still';
COMMENT ON COLUMN :"schema".at_risk.breached_at IS
    'when the due passed while it ran';
COMMENT ON COLUMN :"schema".at_risk.breached IS
    'whether the due passed while it ran';
COMMENT ON COLUMN :"schema".at_risk.level IS
    'the highest level told, 0 for none';
COMMENT ON COLUMN :"schema".at_risk.governs IS
    'of the live clocks of its metric it is due first';
COMMENT ON COLUMN :"schema".at_risk.provisional IS
    'the due rests on holidays that are not known yet';
COMMENT ON COLUMN :"schema".at_risk.provisional_attributes IS
    'the due rests on defaults of attributes';

CREATE OR REPLACE VIEW :"schema".breach_month AS
SELECT to_char(breached_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, tenant, ticket, kind, grade,
    region, policy, policy_version, agreement, target, cycle, state, started_at, due_at,
    breached_at, ended_at, level, excluded, adjusted_met
FROM :"schema".clock
WHERE breached
ORDER BY breached_at, tenant, ticket, policy, target, cycle;
COMMENT ON VIEW :"schema".breach_month IS
    'The breaches of a month as they stand now, one row each';
COMMENT ON COLUMN :"schema".breach_month.month IS
    'of the breach: year and month in UTC, as 2026-03';
COMMENT ON COLUMN :"schema".breach_month.tenant IS
    'whose ticket it is';
COMMENT ON COLUMN :"schema".breach_month.ticket IS
    'which ticket';
COMMENT ON COLUMN :"schema".breach_month.kind IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".breach_month.grade IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".breach_month.region IS
    'the attribute of the ticket';
COMMENT ON COLUMN :"schema".breach_month.policy IS
    'which policy';
COMMENT ON COLUMN :"schema".breach_month.policy_version IS
    'its version, for this clock';
COMMENT ON COLUMN :"schema".breach_month.agreement IS
    'sla, ola or uc';
COMMENT ON COLUMN :"schema".breach_month.target IS
    'which target of the policy';
COMMENT ON COLUMN :"schema".breach_month.cycle IS
    'from 1; each recurrence or new start is one';
COMMENT ON COLUMN :"schema".breach_month.state IS
    'running, paused, met, missed, cancelled';
COMMENT ON COLUMN :"schema".breach_month.started_at IS
    'when it began';
COMMENT ON COLUMN :"schema".breach_month.due_at IS
    'when it is or was due';
COMMENT ON COLUMN :"schema".breach_month.breached_at IS
    'when the due passed while it ran';
COMMENT ON COLUMN :"schema".breach_month.ended_at IS
    'when it was met, missed or cancelled';
COMMENT ON COLUMN :"schema".breach_month.level IS
    'the highest level told, 0 for none';
COMMENT ON COLUMN :"schema".breach_month.excluded IS
    'a waiver leaves it out of the figures';
COMMENT ON COLUMN :"schema".breach_month.adjusted_met IS
    'met, or met once the credit of a waiver is counted';

CREATE OR REPLACE VIEW :"schema".on_time AS
SELECT month, policy, target, grade, region, count(*) AS accepted,
    count(*) FILTER (WHERE state = 'met') AS in_time,
    count(*) FILTER (WHERE state = 'missed' OR (state <> 'met' AND breached)) AS late,
    count(*) FILTER (WHERE state IN ('running', 'paused')) AS open,
    count(*) FILTER (WHERE NOT excluded) AS adjusted_accepted,
    count(*) FILTER (WHERE NOT excluded AND adjusted_met) AS adjusted_in_time,
    count(*) FILTER (WHERE NOT excluded AND adjusted_met)::double precision
        / nullif(count(*) FILTER (WHERE NOT excluded), 0) AS share
FROM (SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, *
      FROM :"schema".clock WHERE state <> 'cancelled') AS began
GROUP BY month, policy, target, grade, region
ORDER BY month, policy, target, grade NULLS LAST, region NULLS LAST;
COMMENT ON VIEW :"schema".on_time IS
    'The share on time by month, policy, target, grade and region, raw and adjusted';
COMMENT ON COLUMN :"schema".on_time.month IS
    'in which the clocks began: year and month in UTC, as 2026-03';
COMMENT ON COLUMN :"schema".on_time.policy IS
    'which policy';
COMMENT ON COLUMN :"schema".on_time.target IS
    'which target of it';
COMMENT ON COLUMN :"schema".on_time.grade IS
    'of the tickets';
COMMENT ON COLUMN :"schema".on_time.region IS
    'of the tickets';
COMMENT ON COLUMN :"schema".on_time.accepted IS
    'clocks that began, without the cancelled ones';
COMMENT ON COLUMN :"schema".on_time.in_time IS
    'of these, met';
COMMENT ON COLUMN :"schema".on_time.late IS
    'of these, missed, or open and breached';
COMMENT ON COLUMN :"schema".on_time.open IS
    'of these, still open';
COMMENT ON COLUMN :"schema".on_time.adjusted_accepted IS
    'accepted without those that a waiver excludes';
COMMENT ON COLUMN :"schema".on_time.adjusted_in_time IS
    'of these, met once the credit of waivers is counted';
COMMENT ON COLUMN :"schema".on_time.share IS
    'adjusted_in_time by adjusted_accepted, 0 to 1; NULL where nothing is left';

REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM PUBLIC;
