-- What a unit asks in the server, for lib/pg alone.  SQLSTATEs of our own say what is wrong:
--
--   SLA00  the unit is on the record already      SLA03  a first fact of a ticket that has some
--   SLA01  another service has taken over         SLA04  refused
--   SLA02  the unit before is not on the record   SLA05  refused, look closer at what

CREATE OR REPLACE FUNCTION :"schema".refuse(code text, why text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = why;
END
$$;

-- The fence, then the unit's turn.  The row locks hold until the unit is written: who takes over
-- waits for it, and a second try of the same unit waits for the first.
CREATE OR REPLACE FUNCTION :"schema".unit_begin(
    of_shards smallint[], of_epochs bigint[], of_incarnation bytea, of_number bigint,
    of_decided_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
    last_number bigint;
BEGIN
    SELECT count(*) INTO held FROM (
        SELECT 1 FROM unnest(of_shards, of_epochs) AS u (id, epoch)
            JOIN :"schema".shard AS s ON s.id = u.id AND s.epoch = u.epoch
            FOR SHARE OF s) AS locked;
    IF held <> cardinality(of_shards) THEN
        RAISE EXCEPTION USING ERRCODE = 'SLA01', MESSAGE = 'another service has taken over';
    END IF;
    UPDATE :"schema".writer AS w
        SET number = of_number, decided_at = greatest(w.decided_at, of_decided_at)
        WHERE w.incarnation = of_incarnation AND w.number = of_number - 1;
    IF NOT FOUND AND of_number = 1 THEN
        INSERT INTO :"schema".writer (incarnation, number, decided_at, events)
            VALUES (of_incarnation, 1, of_decided_at, 0)
            ON CONFLICT DO NOTHING;
    END IF;
    IF NOT FOUND THEN
        SELECT w.number INTO last_number FROM :"schema".writer AS w
            WHERE w.incarnation = of_incarnation;
        IF of_number < 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'SLA04', MESSAGE = 'units are numbered from 1';
        ELSIF of_number <= last_number THEN
            RAISE EXCEPTION USING ERRCODE = 'SLA00', MESSAGE = 'the unit is on the record already';
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'SLA02',
            MESSAGE = 'the unit before is not on the record';
    END IF;
END
$$;

-- The numbers of a unit's events follow those on the record, also of events that are gone since.
CREATE OR REPLACE FUNCTION :"schema".unit_events(
    of_incarnation bytea, of_first bigint, of_last bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    last_event bigint;
BEGIN
    SELECT max(w.events) INTO last_event FROM :"schema".writer AS w;
    IF of_first <> last_event + 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'SLA05',
            MESSAGE = 'an event whose number does not follow the one before';
    END IF;
    UPDATE :"schema".writer AS w SET events = of_last WHERE w.incarnation = of_incarnation;
END
$$;
