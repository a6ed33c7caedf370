/* Goal: docs/calendar.md tells the truth.  Method: its JSON is read, and every
 * question of its table is asked of the calendar that stands above it. */
#include "calendar_help.h"

#include <stdlib.h>

#include <jansson.h>

static const char *text_of(const json_t *question, const char *key)
{
    return json_string_value(json_object_get(question, key));
}

static int word_of(const json_t *question, const char *key, const char *const *words)
{
    const char *word = text_of(question, key);

    for (int i = 0; word != NULL && words[i] != NULL; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    CHECK_TRUE("a word that is known", word == NULL);
    return 0;
}

static int32_t time_of_day(const json_t *question, const char *key)
{
    const char *text = text_of(question, key);
    int32_t seconds = 0;

    CHECK_OK(sla_time_of_day_parse(text, strlen(text), &seconds));
    return seconds;
}

static sla_exact_fit fit_of(const json_t *question)
{
    static const char *const fits[] = {"close", "next_open", NULL};

    return (sla_exact_fit)word_of(question, "exact_fit", fits);
}

static sla_workdays workdays_of(const json_t *question)
{
    static const char *const rolls[] = {"forward", "forward_day", "backward", "none_keep_time",
                                        NULL};
    static const char *const ends[] = {
        "same_time", "same_time_in_hours", "last_hour", "day", "close", NULL};

    return (sla_workdays){(int)json_integer_value(json_object_get(question, "days")),
                          (sla_roll)word_of(question, "roll", rolls),
                          (sla_day_end)word_of(question, "end", ends), fit_of(question)};
}

/* The instant that answers a question. */
static sla_time answer(const sla_calendar *calendar, const json_t *question)
{
    const char *op = text_of(question, "op");
    const sla_time from = at(text_of(question, "from"));
    const char *need = text_of(question, "for");
    const sla_workdays workdays = workdays_of(question);
    sla_time got = SLA_NEVER;

    if (strcmp(op, "add") == 0)
        CHECK_OK(sla_calendar_add(calendar, from, span(need), workdays.fit, &got));
    else if (strcmp(op, "sub") == 0)
        CHECK_OK(sla_calendar_sub(calendar, from, span(need), &got));
    else if (strcmp(op, "next_open") == 0)
        CHECK_OK(sla_calendar_next_open(calendar, from, &got));
    else if (strcmp(op, "next_close") == 0)
        CHECK_OK(sla_calendar_next_close(calendar, from, &got));
    else if (strcmp(op, "add_workdays") == 0)
        CHECK_OK(sla_calendar_add_workdays(calendar, from, &workdays, &got));
    else if (strcmp(op, "add_days") == 0)
        CHECK_OK(sla_calendar_add_days(calendar, from, workdays.days, workdays.end, &got));
    else if (strcmp(op, "cutoff") == 0) {
        const sla_cutoff cutoff = {time_of_day(question, "before"),
                                   time_of_day(question, "today"),
                                   1,
                                   time_of_day(question, "later"),
                                   strcmp(text_of(question, "next_day"), "workday") == 0,
                                   false};

        CHECK_OK(sla_calendar_cutoff(calendar, from, &cutoff, &got));
    } else {
        CHECK_FAIL("%s is no question", op);
    }
    return got;
}

static void check_answer(const sla_calendar *calendar, const char *row, const json_t *question,
                         const json_t *want)
{
    const json_t *open = json_object_get(want, "open");
    const json_t *seconds = json_object_get(want, "open_s");
    sla_duration spent = -1;
    sla_time got;

    if (open != NULL) {
        CHECK_EQ(row, json_is_true(open),
                 sla_calendar_is_open(calendar, at(text_of(question, "from"))));
    } else if (seconds != NULL) {
        CHECK_OK(sla_calendar_between(calendar, at(text_of(question, "from")),
                                      at(text_of(question, "to")), &spent));
        CHECK_EQ(row, json_integer_value(seconds) * SLA_SECOND, spent);
    } else {
        got = answer(calendar, question);
        check_instant(row, calendar, text_of(want, "at"), got);
        CHECK_EQ(row, json_is_true(json_object_get(want, "provisional")),
                 sla_calendar_provisional(calendar, got));
    }
}

/* The next text between two marks; the place behind it, or NULL. */
static char *between_marks(char *from, const char *open, const char *close, char **text_out)
{
    char *start = strstr(from, open);
    char *end;

    if (start == NULL)
        return NULL;
    start += strlen(open);
    end = strstr(start, close);
    if (end == NULL)
        return NULL;
    *end = '\0';
    *text_out = start;
    return end + strlen(close);
}

static json_t *load(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);

    if (root == NULL)
        CHECK_FAIL("no JSON: %s", text);
    return root;
}

TEST(the_examples_of_the_page_are_true)
{
    char *page = check_read_file(check_source_path("docs/calendar.md"), NULL);
    char *rest, *document = NULL;
    sla_calendar *calendar = NULL;
    sla_error error;
    int asked = 0;

    rest = between_marks(page, "```json\n", "```", &document);
    CHECK_TRUE("a calendar", rest != NULL);
    CHECK_OK_OR_SAY(
        sla_calendar_parse(document, strlen(document), "docs/calendar.md", NULL, &calendar, &error),
        &error);
    while ((rest = strstr(rest, "| `{\"op\"")) != NULL) {
        char *question_text, *want_text;
        json_t *question, *want;

        rest = between_marks(rest, "`", "`", &question_text);
        rest = between_marks(rest, "`", "`", &want_text);
        question = load(question_text);
        want = load(want_text);
        check_answer(calendar, question_text, question, want);
        json_decref(question);
        json_decref(want);
        asked++;
    }
    printf("%d examples\n", asked);
    CHECK_TRUE("at least ten", asked >= 10);
    sla_calendar_unref(calendar);
    free(page);
}
