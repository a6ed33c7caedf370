/* bench_desk.c - a desk that one can reason about: five clocks a ticket, with
 * business hours, pauses and a ladder (bench_engine_work.h). */
#include "bench_engine_work.h"

static const char calendar[] =
    "{\"kind\": \"calendar\", \"name\": \"desk\", \"version\": \"1\", \"zone\": \"Asia/Shanghai\","
    " \"week\": {\"mon-fri\": [\"09:00-12:00\", \"13:00-18:00\"]}}";

static const char policy[] =
    "{\"policy\": \"desk\", \"version\": \"1\", \"calendar\": \"desk\","
    " \"attributes\": {\"grade\": \"int\"}, \"attribute_defaults\": {\"grade\": 3},"
    " \"pauses\": [{\"reason\": \"customer\", \"on\": \"waiting\"}],"
    " \"resumes\": [{\"on\": \"answered\"}],"
    " \"steps\": [{\"step\": \"warn_80\", \"percent\": 80, \"to\": \"agent\"},"
    "  {\"step\": \"level_1\", \"after\": \"PT0S\", \"level\": 1, \"to\": \"lead\"},"
    "  {\"step\": \"level_2\", \"after\": \"PT4H\", \"level\": 2, \"to\": \"manager\"}],"
    " \"targets\": ["
    "  {\"target\": \"response\", \"stop\": \"responded\", \"goals\": [{\"business\": \"PT1H\"}]},"
    "  {\"target\": \"triage\", \"stop\": \"graded\", \"goals\": [{\"elapsed\": \"PT2H\"}]},"
    "  {\"target\": \"resolution\", \"stop\": \"resolved\", \"goals\": ["
    "   {\"when\": {\"attr\": \"grade\", \"le\": 2}, \"business\": \"PT4H\"},"
    "   {\"business\": \"PT8H\"}]},"
    "  {\"target\": \"update\", \"stop\": \"resolved\", \"goals\": [{\"elapsed\": \"PT24H\"}]},"
    "  {\"target\": \"closing\", \"stop\": \"closed\", \"goals\": [{\"workdays\": 3}]}]}";

static const bench_stage whole[] = {
    {"opened", 0, 0},     {"responded", 5, 180}, {"graded", 5, 180}, {"waiting", 5, 180},
    {"answered", 5, 180}, {"resolved", 5, 180},  {"closed", 5, 180}};

static const bench_stage live[] = {
    {"opened", 0, 0}, {"noted", 5, 180}, {"waiting", 5, 180}, {"answered", 5, 180}};

const bench_world bench_desk = {.name = "desk",
                                .policy = policy,
                                .calendar = calendar,
                                .calendar_name = "desk",
                                .whole = whole,
                                .live = live,
                                .whole_count = sizeof whole / sizeof *whole,
                                .live_count = sizeof live / sizeof *live};
