/* sla/sla.h - everything of the core, for those who do not count includes. */
#ifndef SLA_SLA_H
#define SLA_SLA_H

#include <sla/alloc.h>
#include <sla/base.h>
#include <sla/bundled.h>
#include <sla/calendar.h>
#include <sla/engine.h>
#include <sla/error.h>
#include <sla/explain.h>
#include <sla/json.h>
#include <sla/pack.h>
#include <sla/policy.h>
#include <sla/service.h>
#include <sla/store.h>
#include <sla/time.h>
#include <sla/version.h>

#endif
