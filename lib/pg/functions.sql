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

-- A unit's turn where it is not plainly the next of a writer that is known (statements.c asks
-- that first, in one statement): the first of a service, one that is on the record already, one
-- that is out of its turn, one of a service that another has taken over from.  Events are numbered
-- on from those on the record, also from events that are gone since; `of_first` is NULL where there
-- are none, or where the unit is examined before they are counted (unit_events).
CREATE OR REPLACE FUNCTION :"schema".unit_begin(
    of_shards smallint[], of_epochs bigint[], of_incarnation bytea, of_number bigint,
    of_decided_at timestamptz, of_first bigint, of_last bigint) RETURNS boolean
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
            SELECT of_incarnation, 1, of_decided_at, coalesce(max(w.events), 0)
            FROM :"schema".writer AS w
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
    -- With the first unit of an incarnation those go that ended long ago: no unit of theirs is on
    -- its way, the shards are taken.  The numbers of events go on from the row that has just come.
    IF of_number = 1 THEN
        DELETE FROM :"schema".writer AS w
            WHERE w.incarnation <> of_incarnation
            AND w.decided_at < (SELECT max(k.decided_at) FROM :"schema".writer AS k)
                - interval '720 hours';
    END IF;
    IF of_first IS NOT NULL THEN
        PERFORM :"schema".unit_events(of_incarnation, of_first, of_last);
    END IF;
    RETURN true;
END
$$;

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
