/*
 * schema.h - the numbers by which releases know each other's tables.
 */
#ifndef SLA_STORE_SCHEMA_H
#define SLA_STORE_SCHEMA_H

enum {
    SLA__SCHEMA_VERSION = 1, /* of the tables */
    SLA__FOLD_VERSION = 1    /* of the rules by which facts become events */
};

#endif
