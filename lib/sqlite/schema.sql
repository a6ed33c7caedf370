-- The tables of libsla in SQLite 3.37 or later, version 1.  docs/store.md has the same list
-- with the meaning of everything; a test compares them.
--
-- Instants are whole microseconds since 1970 UTC, NULL is no instant; 1 and 0 are yes and
-- no; JSON is text.  Views show instants as text, 2026-03-02T01:00:00Z, in whole seconds.
--
-- How this schema changes: a later version only adds; a column goes one release after the
-- last one that read it.


-- Which release of this schema is here: one row for each step, the highest holds.
CREATE TABLE schema_version (
    -- of the schema, from 1
    version INTEGER NOT NULL,
    -- of the rules by which facts become events; a release that knows only older ones stays away
    fold INTEGER NOT NULL,
    -- when this step was taken
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (version)
) STRICT;

-- The 64 parts of the tickets, and who holds each: one row for each part, made with the schema.
CREATE TABLE shard (
    -- 0 to 63; the part of a ticket is computed from its name
    id INTEGER NOT NULL,
    -- how often it was taken over; what an older epoch writes is refused
    epoch INTEGER NOT NULL,
    -- 16 random bytes of the service that holds it
    owner BLOB,
    -- until when it is held, by the clock of the database
    expires_at INTEGER,
    PRIMARY KEY (id),
    CHECK (id BETWEEN 0 AND 63)
) STRICT;

WITH RECURSIVE part (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM part WHERE id < 63)
INSERT INTO shard (id, epoch) SELECT id, 0 FROM part;

-- The last unit that each incarnation of a service has written: a unit sent twice is written
-- once.
CREATE TABLE writer (
    -- 16 random bytes of the service, drawn at each start
    incarnation BLOB NOT NULL,
    -- of its last unit, from 1 without gaps
    number INTEGER NOT NULL,
    -- the highest number that any event had by then; kept when events go with their tickets
    events INTEGER NOT NULL,
    -- the latest instant by which this incarnation decided anything
    decided_at INTEGER,
    PRIMARY KEY (incarnation)
) STRICT, WITHOUT ROWID;

-- One row for each ticket, as it stands.
CREATE TABLE ticket (
    -- whose ticket it is; empty where there is only one
    tenant TEXT NOT NULL,
    -- the name that the host gave it
    ticket TEXT NOT NULL,
    -- of its opening; events of one instant come in this order
    number INTEGER NOT NULL,
    -- when it next wants to be looked at
    next_at INTEGER,
    -- the nearest due of its live clocks
    due_at INTEGER,
    -- when it was opened
    opened_at INTEGER,
    -- how many are on its record
    facts INTEGER NOT NULL,
    -- how many of its clocks run or stand still
    live INTEGER NOT NULL,
    -- the highest rank that a policy gives it
    rank INTEGER,
    -- its part, 0 to 63
    shard INTEGER NOT NULL,
    -- the highest level that was told, 0 for none
    level INTEGER NOT NULL,
    -- whether one of its clocks was breached
    breached INTEGER NOT NULL,
    -- what the ticket is like: an object of name to text, whole number, true or false; an instant is a text
    attributes TEXT,
    -- its clocks that have begun, as they stand, by policy; the view clock unfolds them
    clocks TEXT,
    -- the same for the engine, packed; its form has a version
    state BLOB NOT NULL,
    -- whether a clock lives or something waits: what is loaded at start
    open INTEGER GENERATED ALWAYS AS
        (live > 0 OR next_at IS NOT NULL) VIRTUAL,
    -- the attribute kind, of a text or a whole number
    kind TEXT GENERATED ALWAYS AS
        (CASE WHEN json_type(attributes, '$.kind') IN ('text', 'integer')
             THEN CAST(json_extract(attributes, '$.kind') AS TEXT) END) VIRTUAL,
    -- the attribute grade, of a text or a whole number
    grade TEXT GENERATED ALWAYS AS
        (CASE WHEN json_type(attributes, '$.grade') IN ('text', 'integer')
             THEN CAST(json_extract(attributes, '$.grade') AS TEXT) END) VIRTUAL,
    -- the attribute region, of a text or a whole number
    region TEXT GENERATED ALWAYS AS
        (CASE WHEN json_type(attributes, '$.region') IN ('text', 'integer')
             THEN CAST(json_extract(attributes, '$.region') AS TEXT) END) VIRTUAL,
    PRIMARY KEY (tenant, ticket)
) STRICT;

-- What is loaded at start, and what the self-audit asks each minute: tickets by next_at.  The
-- closed ones, nearly all after some years, are not in it.
CREATE INDEX ticket_open ON ticket (next_at) WHERE open;

-- Journal of what happened to tickets, in the order of recording; never changed.
CREATE TABLE fact (
    -- whose ticket it is
    tenant TEXT NOT NULL,
    -- which ticket
    ticket TEXT NOT NULL,
    -- its number on the ticket, from 1 without gaps
    seq INTEGER NOT NULL,
    -- adoptions of policies before its recording, less one
    rules INTEGER NOT NULL,
    -- when it happened
    occurred_at INTEGER NOT NULL,
    -- when it was recorded
    recorded_at INTEGER NOT NULL,
    -- names the fact for good on its ticket
    id TEXT,
    -- what happened
    name TEXT NOT NULL,
    -- its other members, as in docs/facts.md
    content TEXT,
    PRIMARY KEY (tenant, ticket, seq)
) STRICT, WITHOUT ROWID;

-- Journal of what was told, and the outbox in one; never changed.
CREATE TABLE event (
    -- its place in the outbox, from 1 in the order of telling
    number INTEGER NOT NULL,
    -- whose ticket it is
    tenant TEXT NOT NULL,
    -- which ticket
    ticket TEXT NOT NULL,
    -- which policy
    policy TEXT NOT NULL,
    -- which target of it; empty for events of the whole ticket
    target TEXT NOT NULL,
    -- which cycle of the clock
    cycle INTEGER NOT NULL,
    -- the name of the step, or what else it is about
    step TEXT NOT NULL,
    -- the number of a repeat, or that of the fact that made it
    repeat INTEGER NOT NULL,
    -- how often it was told and taken back before
    revision INTEGER NOT NULL,
    -- when it fell due
    at INTEGER NOT NULL,
    -- when it was told
    told INTEGER NOT NULL,
    -- when the clock began
    started_at INTEGER,
    -- the due of the clock when this was told
    due_at INTEGER,
    -- the due before, of an event that tells a change
    old_due_at INTEGER,
    -- when the due passed while the clock ran
    breached_at INTEGER,
    -- when the clock ended
    ended_at INTEGER,
    -- repeats that were not told because of this one
    skipped INTEGER NOT NULL,
    -- lower levels and earlier warnings that were not told because of this one
    collapsed INTEGER NOT NULL,
    -- of the ticket under the policy
    rank INTEGER NOT NULL,
    -- the fact that caused it, 0 for none
    fact_seq INTEGER NOT NULL,
    -- 1 to 6, or 0
    level INTEGER NOT NULL,
    -- told later than the policy allows
    late INTEGER NOT NULL,
    -- whether the clock was breached
    breached INTEGER NOT NULL,
    -- the due rests on holidays that are not known yet
    provisional INTEGER NOT NULL,
    -- the due rests on defaults of attributes
    provisional_attributes INTEGER NOT NULL,
    -- of the live clocks of its metric this one was due first
    governs INTEGER NOT NULL,
    -- a waiver leaves the clock out of the figures
    excluded INTEGER NOT NULL,
    -- met, or met once the credit of a waiver is counted
    adjusted_met INTEGER NOT NULL,
    -- fell due before the tickets were taken over; never delivered
    imported INTEGER NOT NULL,
    -- warning, breached, escalated and so on: the member event of docs/events.md
    kind TEXT NOT NULL,
    -- of the clock: waiting, running, paused, met, missed, cancelled
    state TEXT NOT NULL,
    -- sla, ola or uc
    agreement TEXT NOT NULL,
    -- the version of the policy
    policy_version TEXT,
    -- who shall be told, in the words of the policy: the member to of docs/events.md
    told_to TEXT,
    -- why
    because TEXT,
    -- a reason code
    reason TEXT,
    -- the fact that was derived with it
    derived TEXT,
    -- the id of the fact that caused it
    fact_id TEXT,
    PRIMARY KEY (number),
    CONSTRAINT event_identity UNIQUE (tenant, ticket, policy, target, cycle, step, repeat, revision)
) STRICT;

-- Up to where each consumer has acknowledged the outbox.
CREATE TABLE consumer (
    -- of the consumer
    name TEXT NOT NULL,
    -- every event up to this number is acknowledged
    through INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

-- Events beyond consumer.through that a consumer has acknowledged out of order.
CREATE TABLE mark (
    -- which consumer
    consumer TEXT NOT NULL,
    -- of the event
    number INTEGER NOT NULL,
    PRIMARY KEY (consumer, number)
) STRICT, WITHOUT ROWID;

-- Policies and calendars adopted at one instant.
CREATE TABLE world (
    -- from 1 without gaps
    number INTEGER NOT NULL,
    -- when they were adopted
    adopted_at INTEGER NOT NULL,
    PRIMARY KEY (number)
) STRICT;

-- The policies, overlays and calendars that an adoption brought; the others stayed in force.
CREATE TABLE document (
    -- which adoption
    world INTEGER NOT NULL,
    -- its place in it, from 1
    position INTEGER NOT NULL,
    -- what complaints call it
    source TEXT,
    -- policy, overlay or calendar
    kind TEXT,
    -- its name
    name TEXT,
    -- its version
    version TEXT,
    -- the document itself
    text TEXT NOT NULL,
    PRIMARY KEY (world, position)
) STRICT, WITHOUT ROWID;

-- The clocks of all tickets that have begun, as they stand, the ended ones too.
CREATE VIEW clock AS
SELECT tenant, ticket, kind, grade, region, policy, policy_version, agreement, rank,
    target, metric, cycle, state,
    strftime('%Y-%m-%dT%H:%M:%SZ', started_at / 1000000, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', due_at / 1000000, 'unixepoch') AS due_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', paused_at / 1000000, 'unixepoch') AS paused_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', ended_at / 1000000, 'unixepoch') AS ended_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', breached_at / 1000000, 'unixepoch') AS breached_at,
    coalesce(breached, breached_at IS NOT NULL) AS breached,
    level,
    coalesce(governs, state IN ('running', 'paused')) AS governs,
    provisional, provisional_attributes, excluded,
    coalesce(adjusted_met, state = 'met') AS adjusted_met,
    open
FROM (
    SELECT t.tenant, t.ticket, t.kind, t.grade, t.region, t.open,
        json_extract(p.value, '$.policy') AS policy,
        coalesce(json_extract(c.value, '$.version'), json_extract(p.value, '$.version'))
            AS policy_version,
        coalesce(json_extract(p.value, '$.agreement'), 'sla') AS agreement,
        coalesce(json_extract(p.value, '$.rank'), 0) AS rank,
        json_extract(c.value, '$.target') AS target,
        coalesce(json_extract(c.value, '$.metric'), json_extract(c.value, '$.target')) AS metric,
        coalesce(json_extract(c.value, '$.cycle'), 1) AS cycle,
        coalesce(json_extract(c.value, '$.state'), 'running') AS state,
        CASE WHEN json_extract(c.value, '$.due_at') IS NOT NULL
             THEN coalesce(json_extract(c.value, '$.started_at'), t.opened_at) END AS started_at,
        json_extract(c.value, '$.due_at') AS due_at,
        json_extract(c.value, '$.paused_at') AS paused_at,
        json_extract(c.value, '$.ended_at') AS ended_at,
        json_extract(c.value, '$.breached_at') AS breached_at,
        json_extract(c.value, '$.breached') AS breached,
        coalesce(json_extract(c.value, '$.level'), 0) AS level,
        json_extract(c.value, '$.governs') AS governs,
        coalesce(json_extract(c.value, '$.provisional'), 0) AS provisional,
        coalesce(json_extract(c.value, '$.provisional_attributes'), 0) AS provisional_attributes,
        coalesce(json_extract(c.value, '$.excluded'), 0) AS excluded,
        json_extract(c.value, '$.adjusted_met') AS adjusted_met
    FROM ticket AS t, json_each(t.clocks) AS p, json_each(p.value, '$.clocks') AS c);

-- Clocks that run or stand still: by due, and by rank where two are due at once.
CREATE VIEW open_clock AS
SELECT tenant, ticket, kind, grade, region, policy, policy_version, agreement, rank,
    target, metric, cycle, state, started_at, due_at, paused_at, breached_at, breached, level,
    governs, provisional, provisional_attributes
FROM clock
WHERE open AND state IN ('running', 'paused')
ORDER BY due_at, rank DESC, tenant, ticket, policy, target, cycle;

-- Running clocks that fall due within the next hour, by the clock of the machine.
CREATE VIEW at_risk AS
SELECT tenant, ticket, kind, grade, region, policy, policy_version, agreement, rank,
    target, metric, cycle, state, started_at, due_at, paused_at, breached_at, breached, level,
    governs, provisional, provisional_attributes
FROM clock
WHERE open AND state = 'running' AND NOT breached
    AND due_at <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+1 hour')
ORDER BY due_at, rank DESC, tenant, ticket, policy, target, cycle;

-- The breaches of a month as they stand now, one row each.
CREATE VIEW breach_month AS
SELECT substr(breached_at, 1, 7) AS month, tenant, ticket, kind, grade, region,
    policy, policy_version, agreement, target, cycle, state, started_at, due_at, breached_at,
    ended_at, level, excluded, adjusted_met
FROM clock
WHERE breached
ORDER BY breached_at, tenant, ticket, policy, target, cycle;

-- The share on time by month, policy, target, grade and region, raw and adjusted.
CREATE VIEW on_time AS
SELECT month, policy, target, grade, region, count(*) AS accepted,
    sum(state = 'met') AS in_time,
    sum(state = 'missed' OR (state <> 'met' AND breached)) AS late,
    sum(state IN ('running', 'paused')) AS open,
    sum(NOT excluded) AS adjusted_accepted,
    sum(NOT excluded AND adjusted_met) AS adjusted_in_time,
    1.0 * sum(NOT excluded AND adjusted_met) / nullif(sum(NOT excluded), 0) AS share
FROM (SELECT substr(started_at, 1, 7) AS month, * FROM clock
      WHERE state <> 'cancelled')
GROUP BY month, policy, target, grade, region
ORDER BY month, policy, target, grade NULLS LAST, region NULLS LAST;
