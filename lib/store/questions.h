/*
 * questions.h - what must hold between the rows of different tables, asked of either database:
 * each question finds what does not hold, as a sentence in its only column.
 *
 * The texts are such as both understand; `T` stands before the name of each table.  None keeps
 * a row in memory for each ticket in SQLite: they go along keys, or look one up for each row.
 */
#ifndef SLA_STORE_QUESTIONS_H
#define SLA_STORE_QUESTIONS_H

/* X(text) for each of them. */
#define SLA__QUESTIONS(X, T)                                                                       \
    X("SELECT 'facts of ticket ' || ticket || ' of tenant ''' || tenant || ''': ' || there ||"     \
      " ' are there, the last has number ' || highest FROM (SELECT tenant, ticket,"                \
      " count(*) AS there, min(seq) AS lowest, max(seq) AS highest FROM " T "fact"                 \
      " GROUP BY tenant, ticket) AS f WHERE there <> highest OR lowest <> 1")                      \
    X("SELECT 'ticket ' || ticket || ' of tenant ''' || tenant || ''' says that it has ' || facts" \
      " || ' facts, ' || (SELECT count(*) FROM " T "fact AS f WHERE f.tenant = t.tenant AND"       \
      " f.ticket = t.ticket) || ' are there' FROM " T "ticket AS t WHERE facts <> (SELECT"         \
      " count(*) FROM " T "fact AS f WHERE f.tenant = t.tenant AND f.ticket = t.ticket)")          \
    X("SELECT 'ticket ' || ticket || ' of tenant ''' || tenant || ''' is not there, and ' ||"      \
      " count(*) || ' facts of it are' FROM " T "fact AS f WHERE NOT EXISTS (SELECT 1 FROM " T     \
      "ticket AS t WHERE t.tenant = f.tenant AND t.ticket = f.ticket) GROUP BY tenant, ticket")    \
    X("SELECT 'ticket ' || ticket || ' of tenant ''' || tenant || ''' is not there, and ' ||"      \
      " count(*) || ' events of it are' FROM " T "event AS e WHERE NOT EXISTS (SELECT 1 FROM " T   \
      "ticket AS t WHERE t.tenant = e.tenant AND t.ticket = e.ticket) GROUP BY tenant, ticket")    \
    X("SELECT 'event ' || number || ' is above the last number that was given, ' || given"         \
      " FROM " T "event, (SELECT coalesce(max(events), 0) AS given FROM " T "writer) AS w"         \
      " WHERE number > given OR number < 1")                                                       \
    X("SELECT 'consumer ' || name || ' has acknowledged all up to event ' || through ||"           \
      " ', the last number that was given is ' || given"                                           \
      " FROM " T "consumer, (SELECT coalesce(max(events), 0) AS given FROM " T "writer) AS w"      \
      " WHERE through > given")                                                                    \
    X("SELECT 'consumer ' || consumer || ' has acknowledged event ' || number ||"                  \
      " ', the last number that was given is ' || given"                                           \
      " FROM " T "mark, (SELECT coalesce(max(events), 0) AS given FROM " T "writer) AS w"          \
      " WHERE number > given")                                                                     \
    X("SELECT 'consumer ' || consumer || ' has acknowledged event ' || number || ' twice'"         \
      " FROM " T "mark JOIN " T "consumer ON name = consumer WHERE number <= through")             \
    X("SELECT 'consumer ' || consumer || ' of event ' || number || ' is not known' FROM " T        \
      "mark WHERE consumer NOT IN (SELECT name FROM " T "consumer)")                               \
    X("SELECT 'of ' || highest || ' adoptions ' || there || ' are there' FROM (SELECT"             \
      " count(*) AS there, min(number) AS lowest, max(number) AS highest FROM " T "world) AS w"    \
      " WHERE there <> highest OR lowest <> 1")                                                    \
    X("SELECT 'document ' || position || ' belongs to adoption ' || world ||"                      \
      " ', which is not there' FROM " T "document"                                                 \
      " WHERE world NOT IN (SELECT number FROM " T "world)")                                       \
    X("SELECT 'of ' || highest || ' documents of adoption ' || world || ' ' || there ||"           \
      " ' are there' FROM (SELECT world, count(*) AS there, min(position) AS lowest,"              \
      " max(position) AS highest FROM " T "document GROUP BY world) AS d"                          \
      " WHERE there <> highest OR lowest <> 1")                                                    \
    X("SELECT 'of the 64 parts ' || there || ' are there' FROM (SELECT count(*) AS there FROM " T  \
      "shard) AS s WHERE there <> 64")

enum { SLA__COMPLAINTS_MAX = 100 };

#endif
