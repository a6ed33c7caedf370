/*
 * statements.h - every statement that a store runs, prepared once.
 *
 * Constant texts with parameters, no text is ever put together.  What is in the
 * tables: docs/store.md.
 */
#ifndef SLA_SQLITE_STATEMENTS_H
#define SLA_SQLITE_STATEMENTS_H

/* Columns and parameters in the order of the tables of lib/store/rows.h; a ticket's 16th says
 * that its attributes are all there are. */
#define SLA__FACT_COLUMNS "tenant, ticket, seq, rules, occurred_at, recorded_at, id, name, content"
#define SLA__FACT_PARAMETERS "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
#define SLA__EVENT_COLUMNS                                                                         \
    "number, tenant, ticket, policy, target, cycle, step, repeat, revision, at, "                  \
    "told, started_at, due_at, old_due_at, breached_at, ended_at, skipped, "                       \
    "collapsed, rank, fact_seq, level, late, breached, provisional, "                              \
    "provisional_attributes, governs, excluded, adjusted_met, imported, kind, state, "             \
    "agreement, policy_version, told_to, because, reason, derived, fact_id"
#define SLA__EVENT_PARAMETERS                                                                      \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "            \
    "?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, "             \
    "?35, ?36, ?37, ?38"
#define SLA__TICKET_COLUMNS                                                                        \
    "tenant, ticket, number, next_at, due_at, opened_at, facts, live, rank, shard, "               \
    "level, breached, attributes, clocks, state"
#define SLA__TICKET_PARAMETERS                                                                     \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "                                          \
    "iif(?16 OR ?13 IS NULL, ?13, json_patch('{}', ?13)), ?14, ?15"
#define SLA__TICKET_REPLACED                                                                       \
    "number = excluded.number, next_at = excluded.next_at, due_at = excluded.due_at, "             \
    "opened_at = excluded.opened_at, facts = excluded.facts, live = excluded.live, "               \
    "rank = excluded.rank, shard = excluded.shard, level = excluded.level, "                       \
    "breached = excluded.breached, clocks = excluded.clocks, state = excluded.state"
/* Of a ticket: what the engine needs of it. */
#define SLA__TICKET_READ "tenant, ticket, number, live, next_at, state"

#define SLA__STATEMENT_MAP(X)                                                                      \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(COMMIT, "COMMIT")                                                                            \
    X(ROLLBACK, "ROLLBACK")                                                                        \
    X(UNIT_BEGIN, "SAVEPOINT unit")                                                                \
    X(UNIT_BACK, "ROLLBACK TO unit")                                                               \
    X(UNIT_END, "RELEASE unit")                                                                    \
                                                                                                   \
    X(TAKE_OVER, "UPDATE shard SET epoch = epoch + 1, owner = randomblob(16), expires_at = NULL")  \
    X(EPOCH, "SELECT epoch FROM shard WHERE id = 0")                                               \
    X(LAST, "SELECT (SELECT coalesce(max(events), 0) FROM writer),"                                \
            " (SELECT coalesce(max(number), 0) FROM world)")                                       \
    X(DECIDED, "SELECT max(decided_at) FROM writer")                                               \
                                                                                                   \
    X(WRITER, "SELECT number FROM writer WHERE incarnation = ?1")                                  \
    X(WRITER_PUT, "INSERT INTO writer (incarnation, number, decided_at, events)"                   \
                  " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (incarnation) DO UPDATE SET"               \
                  " number = excluded.number, events = excluded.events, decided_at ="              \
                  " max(coalesce(decided_at, excluded.decided_at),"                                \
                  " coalesce(excluded.decided_at, decided_at))")                                   \
                                                                                                   \
    X(WRITERS_PRUNE, "DELETE FROM writer WHERE incarnation <> ?1 AND decided_at <"                  \
                     " (SELECT max(decided_at) FROM writer) - 30 * 86400000000")                   \
                                                                                                   \
    X(FACT_PUT, "INSERT INTO fact (" SLA__FACT_COLUMNS ") VALUES (" SLA__FACT_PARAMETERS ")")      \
    X(EVENT_PUT, "INSERT INTO event (" SLA__EVENT_COLUMNS ") VALUES (" SLA__EVENT_PARAMETERS ")")  \
    X(TICKET_PUT,                                                                                  \
      "INSERT INTO ticket (" SLA__TICKET_COLUMNS ") VALUES (" SLA__TICKET_PARAMETERS ")"           \
      " ON CONFLICT (tenant, ticket) DO UPDATE SET " SLA__TICKET_REPLACED ", attributes ="         \
      " CASE WHEN ?16 THEN ?13 WHEN ?13 IS NULL THEN attributes"                                   \
      " ELSE json_patch(coalesce(attributes, '{}'), ?13) END")                                     \
    X(FACT_LAST, "SELECT max(seq) FROM fact WHERE tenant = ?1 AND ticket = ?2")                    \
    X(CONSUMER_PUT, "INSERT INTO consumer (name, through) VALUES (?1, ?2)"                         \
                    " ON CONFLICT (name) DO UPDATE SET through = max(through, excluded.through)")  \
    X(MARK_PUT, "INSERT INTO mark (consumer, number) SELECT name, ?2 FROM consumer"                \
                " WHERE name = ?1 AND through < ?2 ON CONFLICT DO NOTHING")                        \
    X(MARKS_THROUGH, "DELETE FROM mark WHERE consumer = ?1 AND number <= ?2")                      \
    X(WORLD_PUT, "INSERT INTO world (number, adopted_at) VALUES (?1, ?2)")                         \
    X(DOCUMENT_PUT, "INSERT INTO document (world, position, source, kind, name, version, text)"    \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                        \
    X(FORGET_FACTS, "DELETE FROM fact WHERE tenant = ?1 AND ticket = ?2")                          \
    X(FORGET_EVENTS, "DELETE FROM event WHERE tenant = ?1 AND ticket = ?2")                        \
    X(FORGET_TICKET, "DELETE FROM ticket WHERE tenant = ?1 AND ticket = ?2")                       \
                                                                                                   \
    X(TICKETS, "SELECT " SLA__TICKET_READ " FROM ticket WHERE open")                               \
    X(TICKET, "SELECT " SLA__TICKET_READ " FROM ticket WHERE tenant = ?1 AND ticket = ?2")         \
    X(FACTS,                                                                                       \
      "SELECT " SLA__FACT_COLUMNS " FROM fact WHERE tenant = ?1 AND ticket = ?2 ORDER BY seq")     \
    X(OUTBOX, "SELECT " SLA__EVENT_COLUMNS " FROM event WHERE number > ?1 AND NOT imported"        \
              " ORDER BY number LIMIT ?2")                                                         \
    X(WORLDS, "SELECT number, adopted_at FROM world ORDER BY number")                              \
    X(DOCUMENTS, "SELECT source, text FROM document WHERE world = ?1 ORDER BY position")           \
    X(MARKS, "SELECT name, through, number FROM consumer"                                          \
             " LEFT JOIN mark ON consumer = name ORDER BY name, number")                           \
    X(AUDIT, "SELECT count(*) FROM ticket WHERE open AND next_at < ?1")                            \
    X(OUTBOX_LEFT, "SELECT count(*) FROM event WHERE number > ?1 AND NOT imported")

typedef enum sla__statement {
#define SLA__STATEMENT_(name, text) SLA__SQL_##name,
    SLA__STATEMENT_MAP(SLA__STATEMENT_)
#undef SLA__STATEMENT_
        SLA__STATEMENT_COUNT
} sla__statement;

#endif
