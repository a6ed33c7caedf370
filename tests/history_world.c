/* history_world.c - see history.h: calendars of a run, and random policies under them. */
#include "history.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"

/* --- calendars --- */

static const char *const calendar_heads[HISTORY_CALENDARS] = {
    "\"name\": \"office\", \"zone\": \"Asia/Shanghai\", \"week\": {\"mon-fri\": [\"09:00-12:00\", "
    "\"13:00-18:00\"]}",
    "\"name\": \"madrid\", \"zone\": \"Europe/Madrid\", \"week\": {\"mon-sat\": "
    "[\"00:30-03:30\", \"08:00-20:00\"]}",
    "\"name\": \"night\", \"zone\": \"America/New_York\", \"week\": {\"mon-sun\": "
    "[\"22:00-06:00\"]}",
    "\"name\": \"always\", \"zone\": \"UTC\", \"week\": {\"mon-sun\": [\"00:00-24:00\"]}"};

/* What is known of holidays: nothing beyond March; more; yet more. */
static const char *const calendar_tails[HISTORY_VERSIONS] = {
    "\"holidays\": [{\"date\": \"2026-03-25\"}], \"known_until\": \"2026-03-29\"",
    "\"holidays\": [{\"date\": \"2026-03-25\"}, {\"date\": \"2026-03-31\"}, "
    "{\"date\": \"2026-04-06\"}], \"known_until\": \"2026-12-31\"",
    "\"holidays\": [{\"date\": \"2026-03-27\"}, {\"date\": \"2026-04-01\"}], "
    "\"known_until\": \"2026-12-31\""};

void history_calendars_init(history_calendars *calendars)
{
    char text[1024];
    sla_error error;

    for (int i = 0; i < HISTORY_CALENDARS; i++)
        for (int j = 0; j < HISTORY_VERSIONS; j++) {
            const int length =
                snprintf(text, sizeof text,
                         "{\"kind\": \"calendar\", \"version\": \"%d\", %s%s%s, \"horizon\": "
                         "{\"from_year\": 2024, \"to_year\": 2030}}",
                         j, calendar_heads[i], i == 3 ? "" : ", ", i == 3 ? "" : calendar_tails[j]);

            CHECK_OK_OR_SAY(sla_calendar_parse(text, (size_t)length, "calendar", NULL,
                                               &calendars->them[i][j], &error),
                            &error);
        }
}

void history_calendars_fini(history_calendars *calendars)
{
    for (int i = 0; i < HISTORY_CALENDARS; i++)
        for (int j = 0; j < HISTORY_VERSIONS; j++)
            sla_calendar_unref(calendars->them[i][j]);
}

/* --- worlds --- */

static const char overlay[] =
    "{\"policy\": \"o0\", \"version\": \"1\", \"overlay_of\": \"p0\", \"during\": {\"from\": "
    "\"2026-03-26T00:00:00Z\", \"to\": \"2026-03-30T00:00:00Z\"}, \"targets\": [{\"target\": "
    "\"t0\", \"goals\": [{\"elapsed\": \"PT45M\"}]}]}\n";

static char *join(char *text, const char *more)
{
    const size_t length = text != NULL ? strlen(text) : 0;

    text = realloc(text, length + strlen(more) + 1);
    strcpy(text + length, more);
    return text;
}

/* One try; some policies are refused (a circle of derived facts), then NULL. */
static sla_policies *try_set(prng *random, int revision, char **text_out)
{
    const int count = 1 + (int)prng_below(random, 3);
    const bool overlaid = prng_percent(random, 10);
    sla_policies *set;
    sla_error error;
    int result;

    *text_out = NULL;
    CHECK_OK(sla_policies_new(NULL, &set));
    for (int i = 0; i < count; i++) {
        char *text = history_policy_text(random, i, revision);

        result = sla_policies_add(set, text, strlen(text), "random", &error);
        if (result != SLA_OK)
            printf("%s\n", text);
        CHECK_OK_OR_SAY(result, &error);
        *text_out = join(*text_out, text);
        free(text);
    }
    if (overlaid) {
        CHECK_OK_OR_SAY(sla_policies_add(set, overlay, strlen(overlay), "overlay", &error), &error);
        *text_out = join(*text_out, overlay);
    }
    if (sla_policies_finish(set, &error) == SLA_OK)
        return set;
    sla_policies_unref(set);
    free(*text_out);
    return NULL;
}

void history_world_init(history_world *world, prng *random)
{
    for (int i = 0; i < HISTORY_SETS; i++)
        do
            world->sets[i] = try_set(random, i + 1, &world->texts[i]);
        while (world->sets[i] == NULL);
}

void history_world_fini(history_world *world)
{
    for (int i = 0; i < HISTORY_SETS; i++) {
        sla_policies_unref(world->sets[i]);
        free(world->texts[i]);
    }
}
