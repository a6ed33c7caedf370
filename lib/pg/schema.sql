-- The tables of libsla in PostgreSQL 14 or later, version 1.  docs/store.md has the same list
-- with the meaning of everything; a test compares them.
--
-- `sla db init` runs it, and views.sql and functions.sql behind it, and notes the version.  The name of the
-- schema is a variable of psql, so that one can try it by hand as well:
--
--     psql --single-transaction -v ON_ERROR_STOP=1 -v schema=trial -f schema.sql
--
-- Who may do what is in roles.sql.  How this schema changes: a later version only adds; a
-- column goes one release after the last one that read it.

CREATE SCHEMA IF NOT EXISTS :"schema";
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC;

CREATE TABLE :"schema".schema_version (
    version integer NOT NULL,
    fold integer NOT NULL,
    applied_at timestamptz NOT NULL,
    PRIMARY KEY (version)
);
COMMENT ON TABLE :"schema".schema_version IS
    'Which release of this schema is here: one row for each step, the highest holds';
COMMENT ON COLUMN :"schema".schema_version.version IS
    'of the schema, from 1';
COMMENT ON COLUMN :"schema".schema_version.fold IS
    'of the rules by which facts become events; a release that knows only older ones stays away';
COMMENT ON COLUMN :"schema".schema_version.applied_at IS
    'when this step was taken';

CREATE TABLE :"schema".shard (
    id smallint NOT NULL,
    epoch bigint NOT NULL,
    owner bytea,
    expires_at timestamptz,
    PRIMARY KEY (id),
    CHECK (id BETWEEN 0 AND 63)
) WITH (fillfactor = 50);
COMMENT ON TABLE :"schema".shard IS
    'The 64 parts of the tickets, and who holds each: one row for each part, made with the schema';
COMMENT ON COLUMN :"schema".shard.id IS
    '0 to 63; the part of a ticket is computed from its name';
COMMENT ON COLUMN :"schema".shard.epoch IS
    'how often it was taken over; what an older epoch writes is refused';
COMMENT ON COLUMN :"schema".shard.owner IS
    '16 random bytes of the service that holds it';
COMMENT ON COLUMN :"schema".shard.expires_at IS
    'until when it is held, by the clock of the database';

INSERT INTO :"schema".shard (id, epoch) SELECT id, 0 FROM generate_series(0, 63) AS id;

CREATE TABLE :"schema".writer (
    incarnation bytea NOT NULL,
    number bigint NOT NULL,
    events bigint NOT NULL,
    decided_at timestamptz,
    PRIMARY KEY (incarnation)
) WITH (fillfactor = 50);
COMMENT ON TABLE :"schema".writer IS
    'The last unit that each incarnation of a service has written: a unit sent twice is written once';
COMMENT ON COLUMN :"schema".writer.incarnation IS
    '16 random bytes of the service, drawn at each start';
COMMENT ON COLUMN :"schema".writer.number IS
    'of its last unit, from 1 without gaps';
COMMENT ON COLUMN :"schema".writer.events IS
    'the highest number that any event had by then; kept when events go with their tickets';
COMMENT ON COLUMN :"schema".writer.decided_at IS
    'the latest instant by which this incarnation decided anything';

CREATE TABLE :"schema".ticket (
    tenant text NOT NULL,
    ticket text NOT NULL,
    number bigint NOT NULL,
    next_at timestamptz,
    due_at timestamptz,
    opened_at timestamptz,
    facts integer NOT NULL,
    live integer NOT NULL,
    rank integer,
    shard smallint NOT NULL,
    level smallint NOT NULL,
    breached boolean NOT NULL,
    attributes jsonb,
    clocks json,
    state bytea NOT NULL,
    open boolean GENERATED ALWAYS AS
        (live > 0 OR next_at IS NOT NULL) STORED,
    kind text GENERATED ALWAYS AS
        (CASE WHEN jsonb_typeof(attributes -> 'kind') IN ('string', 'number')
             THEN attributes ->> 'kind' END) STORED,
    grade text GENERATED ALWAYS AS
        (CASE WHEN jsonb_typeof(attributes -> 'grade') IN ('string', 'number')
             THEN attributes ->> 'grade' END) STORED,
    region text GENERATED ALWAYS AS
        (CASE WHEN jsonb_typeof(attributes -> 'region') IN ('string', 'number')
             THEN attributes ->> 'region' END) STORED,
    PRIMARY KEY (tenant, ticket)
) WITH (fillfactor = 50);
COMMENT ON TABLE :"schema".ticket IS
    'One row for each ticket, as it stands';
COMMENT ON COLUMN :"schema".ticket.tenant IS
    'whose ticket it is; empty where there is only one';
COMMENT ON COLUMN :"schema".ticket.ticket IS
    'the name that the host gave it';
COMMENT ON COLUMN :"schema".ticket.number IS
    'of its opening; events of one instant come in this order';
COMMENT ON COLUMN :"schema".ticket.next_at IS
    'when it next wants to be looked at';
COMMENT ON COLUMN :"schema".ticket.due_at IS
    'the nearest due of its live clocks';
COMMENT ON COLUMN :"schema".ticket.opened_at IS
    'when it was opened';
COMMENT ON COLUMN :"schema".ticket.facts IS
    'how many are on its record';
COMMENT ON COLUMN :"schema".ticket.live IS
    'how many of its clocks run or stand still';
COMMENT ON COLUMN :"schema".ticket.rank IS
    'the highest rank that a policy gives it';
COMMENT ON COLUMN :"schema".ticket.shard IS
    'its part, 0 to 63';
COMMENT ON COLUMN :"schema".ticket.level IS
    'the highest level that was told, 0 for none';
COMMENT ON COLUMN :"schema".ticket.breached IS
    'whether one of its clocks was breached';
COMMENT ON COLUMN :"schema".ticket.attributes IS
    'what the ticket is like: an object of name to text, whole number, true or false; an instant is a text';
COMMENT ON COLUMN :"schema".ticket.clocks IS
    'its clocks that have begun, as they stand, by policy; the view clock unfolds them';
COMMENT ON COLUMN :"schema".ticket.state IS
    'the same for the engine, packed; its form has a version';
COMMENT ON COLUMN :"schema".ticket.open IS
    'whether a clock lives or something waits: what is loaded at start';
COMMENT ON COLUMN :"schema".ticket.kind IS
    'the attribute kind, of a text or a whole number';
COMMENT ON COLUMN :"schema".ticket.grade IS
    'the attribute grade, of a text or a whole number';
COMMENT ON COLUMN :"schema".ticket.region IS
    'the attribute region, of a text or a whole number';

CREATE TABLE :"schema".fact (
    tenant text NOT NULL,
    ticket text NOT NULL,
    seq integer NOT NULL,
    rules integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    id text,
    name text NOT NULL,
    content json,
    PRIMARY KEY (tenant, ticket, seq)
);
COMMENT ON TABLE :"schema".fact IS
    'Journal of what happened to tickets, in the order of recording; never changed';
COMMENT ON COLUMN :"schema".fact.tenant IS
    'whose ticket it is';
COMMENT ON COLUMN :"schema".fact.ticket IS
    'which ticket';
COMMENT ON COLUMN :"schema".fact.seq IS
    'its number on the ticket, from 1 without gaps';
COMMENT ON COLUMN :"schema".fact.rules IS
    'adoptions of policies before its recording, less one';
COMMENT ON COLUMN :"schema".fact.occurred_at IS
    'when it happened';
COMMENT ON COLUMN :"schema".fact.recorded_at IS
    'when it was recorded';
COMMENT ON COLUMN :"schema".fact.id IS
    'names the fact for good on its ticket';
COMMENT ON COLUMN :"schema".fact.name IS
    'what happened';
COMMENT ON COLUMN :"schema".fact.content IS
    'its other members, as in docs/facts.md';

CREATE TABLE :"schema".event (
    number bigint NOT NULL,
    tenant text NOT NULL,
    ticket text NOT NULL,
    policy text NOT NULL,
    target text NOT NULL,
    cycle integer NOT NULL,
    step text NOT NULL,
    repeat integer NOT NULL,
    revision integer NOT NULL,
    at timestamptz NOT NULL,
    told timestamptz NOT NULL,
    started_at timestamptz,
    due_at timestamptz,
    old_due_at timestamptz,
    breached_at timestamptz,
    ended_at timestamptz,
    skipped integer NOT NULL,
    collapsed integer NOT NULL,
    rank integer NOT NULL,
    fact_seq integer NOT NULL,
    level smallint NOT NULL,
    late boolean NOT NULL,
    breached boolean NOT NULL,
    provisional boolean NOT NULL,
    provisional_attributes boolean NOT NULL,
    governs boolean NOT NULL,
    excluded boolean NOT NULL,
    adjusted_met boolean NOT NULL,
    imported boolean NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    agreement text NOT NULL,
    policy_version text,
    told_to text,
    because text,
    reason text,
    derived text,
    fact_id text,
    PRIMARY KEY (number),
    CONSTRAINT event_identity UNIQUE (tenant, ticket, policy, target, cycle, step, repeat, revision)
);
COMMENT ON TABLE :"schema".event IS
    'Journal of what was told, and the outbox in one; never changed';
COMMENT ON COLUMN :"schema".event.number IS
    'its place in the outbox, from 1 in the order of telling';
COMMENT ON COLUMN :"schema".event.tenant IS
    'whose ticket it is';
COMMENT ON COLUMN :"schema".event.ticket IS
    'which ticket';
COMMENT ON COLUMN :"schema".event.policy IS
    'which policy';
COMMENT ON COLUMN :"schema".event.target IS
    'which target of it; empty for events of the whole ticket';
COMMENT ON COLUMN :"schema".event.cycle IS
    'which cycle of the clock';
COMMENT ON COLUMN :"schema".event.step IS
    'the name of the step, or what else it is about';
COMMENT ON COLUMN :"schema".event.repeat IS
    'the number of a repeat, or that of the fact that made it';
COMMENT ON COLUMN :"schema".event.revision IS
    'how often it was told and taken back before';
COMMENT ON COLUMN :"schema".event.at IS
    'when it fell due';
COMMENT ON COLUMN :"schema".event.told IS
    'when it was told';
COMMENT ON COLUMN :"schema".event.started_at IS
    'when the clock began';
COMMENT ON COLUMN :"schema".event.due_at IS
    'the due of the clock when this was told';
COMMENT ON COLUMN :"schema".event.old_due_at IS
    'the due before, of an event that tells a change';
COMMENT ON COLUMN :"schema".event.breached_at IS
    'when the due passed while the clock ran';
COMMENT ON COLUMN :"schema".event.ended_at IS
    'when the clock ended';
COMMENT ON COLUMN :"schema".event.skipped IS
    'repeats that were not told because of this one';
COMMENT ON COLUMN :"schema".event.collapsed IS
    'lower levels and earlier warnings that were not told because of this one';
COMMENT ON COLUMN :"schema".event.rank IS
    'of the ticket under the policy';
COMMENT ON COLUMN :"schema".event.fact_seq IS
    'the fact that caused it, 0 for none';
COMMENT ON COLUMN :"schema".event.level IS
    '1 to 6, or 0';
COMMENT ON COLUMN :"schema".event.late IS
    'told later than the policy allows';
COMMENT ON COLUMN :"schema".event.breached IS
    'whether the clock was breached';
COMMENT ON COLUMN :"schema".event.provisional IS
    'the due rests on holidays that are not known yet';
COMMENT ON COLUMN :"schema".event.provisional_attributes IS
    'the due rests on defaults of attributes';
COMMENT ON COLUMN :"schema".event.governs IS
    'of the live clocks of its metric this one was due first';
COMMENT ON COLUMN :"schema".event.excluded IS
    'a waiver leaves the clock out of the figures';
COMMENT ON COLUMN :"schema".event.adjusted_met IS
    'met, or met once the credit of a waiver is counted';
COMMENT ON COLUMN :"schema".event.imported IS
    'fell due before the tickets were taken over; never delivered';
COMMENT ON COLUMN :"schema".event.kind IS
    'warning, breached, escalated and so on: the member event of docs/events.md';
COMMENT ON COLUMN :"schema".event.state IS
    'of the clock: waiting, running, paused, met, missed, cancelled';
COMMENT ON COLUMN :"schema".event.agreement IS
    'sla, ola or uc';
COMMENT ON COLUMN :"schema".event.policy_version IS
    'the version of the policy';
COMMENT ON COLUMN :"schema".event.told_to IS
    'who shall be told, in the words of the policy: the member to of docs/events.md';
COMMENT ON COLUMN :"schema".event.because IS
    'why';
COMMENT ON COLUMN :"schema".event.reason IS
    'a reason code';
COMMENT ON COLUMN :"schema".event.derived IS
    'the fact that was derived with it';
COMMENT ON COLUMN :"schema".event.fact_id IS
    'the id of the fact that caused it';

CREATE TABLE :"schema".consumer (
    name text NOT NULL,
    through bigint NOT NULL,
    PRIMARY KEY (name)
) WITH (fillfactor = 50);
COMMENT ON TABLE :"schema".consumer IS
    'Up to where each consumer has acknowledged the outbox';
COMMENT ON COLUMN :"schema".consumer.name IS
    'of the consumer';
COMMENT ON COLUMN :"schema".consumer.through IS
    'every event up to this number is acknowledged';

CREATE TABLE :"schema".mark (
    consumer text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (consumer, number)
);
COMMENT ON TABLE :"schema".mark IS
    'Events beyond consumer.through that a consumer has acknowledged out of order';
COMMENT ON COLUMN :"schema".mark.consumer IS
    'which consumer';
COMMENT ON COLUMN :"schema".mark.number IS
    'of the event';

CREATE TABLE :"schema".world (
    number integer NOT NULL,
    adopted_at timestamptz NOT NULL,
    PRIMARY KEY (number)
);
COMMENT ON TABLE :"schema".world IS
    'Policies and calendars adopted at one instant';
COMMENT ON COLUMN :"schema".world.number IS
    'from 1 without gaps';
COMMENT ON COLUMN :"schema".world.adopted_at IS
    'when they were adopted';

CREATE TABLE :"schema".document (
    world integer NOT NULL,
    position integer NOT NULL,
    source text,
    kind text,
    name text,
    version text,
    text text NOT NULL,
    PRIMARY KEY (world, position)
);
COMMENT ON TABLE :"schema".document IS
    'The policies, overlays and calendars that an adoption brought; the others stayed in force';
COMMENT ON COLUMN :"schema".document.world IS
    'which adoption';
COMMENT ON COLUMN :"schema".document.position IS
    'its place in it, from 1';
COMMENT ON COLUMN :"schema".document.source IS
    'what complaints call it';
COMMENT ON COLUMN :"schema".document.kind IS
    'policy, overlay or calendar';
COMMENT ON COLUMN :"schema".document.name IS
    'its name';
COMMENT ON COLUMN :"schema".document.version IS
    'its version';
COMMENT ON COLUMN :"schema".document.text IS
    'the document itself';
