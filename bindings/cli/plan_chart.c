/* plan_chart.c - see plan_chart.h. */
#include "plan_chart.h"

#include <math.h>

enum { WIDTH = 860, HEIGHT = 300, LEFT = 64, RIGHT = 16, TOP = 18, BOTTOM = 46, TICKS = 5 };
enum { LABEL = 30, POINTS_MAX = 48 }; /* room for a number under the axis; marked points */

typedef struct frame {
    double x_least, x_most, y_least, y_most, y_step;
} frame;

/* 1, 2 or 5 times a power of ten, at least as much. */
static double round_up(double value)
{
    const double power = pow(10, floor(log10(value)));
    const double lead = value / power;

    return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

static frame frame_of(const plan_chart *chart)
{
    frame f = {chart->x[0], chart->x[chart->count - 1], chart->y_least, chart->line, 1};
    double span;

    for (size_t i = 0; i < chart->curve_count; i++)
        for (size_t k = 0; k < chart->count; k++)
            f.y_most = fmax(f.y_most, chart->curves[i].y[k]);
    if (chart->y_most > 0)
        f.y_most = chart->y_most;
    if (f.y_most <= f.y_least)
        f.y_most = f.y_least + 1;
    f.y_step = round_up((f.y_most - f.y_least) / TICKS);
    span = ceil((f.y_most - f.y_least) / f.y_step - 1e-9) * f.y_step;
    if (chart->y_most > 0)
        f.y_least = f.y_most - span;
    else
        f.y_most = f.y_least + span;
    if (f.x_most <= f.x_least) {
        f.x_least -= 1;
        f.x_most += 1;
    }
    return f;
}

static double place_x(const frame *f, double x)
{
    return LEFT + (x - f->x_least) / (f->x_most - f->x_least) * (WIDTH - LEFT - RIGHT);
}

static double place_y(const frame *f, double y)
{
    return HEIGHT - BOTTOM - (y - f->y_least) / (f->y_most - f->y_least) * (HEIGHT - TOP - BOTTOM);
}

static void put_line(FILE *out, const char *class, double x1, double y1, double x2, double y2)
{
    fprintf(out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class,
            x1, y1, x2, y2);
}

/* Numbers stay out where they would run into the one before. */
static void put_x_labels(const plan_chart *chart, const frame *f, FILE *out)
{
    const double bottom = HEIGHT - BOTTOM;
    double before = -LABEL;

    for (size_t k = 0; k < chart->count; k += chart->x_every) {
        const double x = place_x(f, chart->x[k]);

        put_line(out, "tick", x, bottom, x, bottom + 5);
        if (chart->x_words != NULL) {
            fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 3, bottom + 18,
                    chart->x_words[k / chart->x_every]);
        } else if (x - before >= LABEL) {
            fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.6g</text>\n", x,
                    bottom + 18, chart->x[k]);
            before = x;
        }
    }
}

/* The level that is asked for, and where it is reached, each with its number. */
static void put_wanted(const plan_chart *chart, const frame *f, FILE *out)
{
    const double level = place_y(f, chart->line), mark = place_x(f, chart->mark);

    if (chart->line > 0) {
        put_line(out, "level", LEFT, level, WIDTH - RIGHT, level);
        fprintf(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n", WIDTH - RIGHT,
                level + 14, chart->line);
    }
    if (chart->mark > 0) {
        put_line(out, "level", mark, TOP, mark, HEIGHT - BOTTOM);
        fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.6g</text>\n", mark,
                TOP - 5, chart->mark);
    }
}

static void put_axes(const plan_chart *chart, const frame *f, FILE *out)
{
    const double bottom = HEIGHT - BOTTOM;

    for (double y = f->y_least; y <= f->y_most + f->y_step / 2; y += f->y_step) {
        put_line(out, "grid", LEFT, place_y(f, y), WIDTH - RIGHT, place_y(f, y));
        fprintf(out, "<text class=\"y\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>\n",
                LEFT - 6, place_y(f, y) + 4, y);
    }
    put_x_labels(chart, f, out);
    put_line(out, "axis", LEFT, bottom, WIDTH - RIGHT, bottom);
    put_line(out, "axis", LEFT, TOP, LEFT, bottom);
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", WIDTH - RIGHT,
            HEIGHT - 8, chart->x_name);
    fprintf(out,
            "<text transform=\"translate(12,%d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
            (HEIGHT - BOTTOM) / 2, chart->y_name);
}

static void put_curve(const plan_chart *chart, const frame *f, size_t index, FILE *out)
{
    const plan_curve *curve = &chart->curves[index];

    fprintf(out, "<polyline class=\"c%zu\" points=\"", index);
    for (size_t k = 0; k < chart->count; k++)
        fprintf(out, "%s%.1f,%.1f", k > 0 ? " " : "", place_x(f, chart->x[k]),
                place_y(f, fmax(curve->y[k], f->y_least)));
    fprintf(out, "\"><title>%s</title></polyline>\n", curve->name);
    for (size_t k = 0; k < chart->count && chart->count <= POINTS_MAX; k++)
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\"/>\n", place_x(f, chart->x[k]),
                place_y(f, fmax(curve->y[k], f->y_least)));
}

/* A piece of each line beside its name, under the picture. */
static void put_names(const plan_chart *chart, FILE *out)
{
    fputs("<p class=\"names\">", out);
    for (size_t i = 0; i < chart->curve_count; i++)
        fprintf(out,
                "<span><svg width=\"44\" height=\"10\" aria-hidden=\"true\"><line class=\"c%zu\" "
                "x1=\"0\" y1=\"5\" x2=\"44\" y2=\"5\"/></svg> %s</span>\n",
                i, chart->curves[i].name);
    fputs("</p>", out);
}

void plan_chart_put(const plan_chart *chart, FILE *out)
{
    const frame f = frame_of(chart);

    fprintf(out,
            "<figure><figcaption>%s</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"%s\">\n",
            chart->title, WIDTH, HEIGHT, chart->title);
    put_axes(chart, &f, out);
    put_wanted(chart, &f, out);
    for (size_t i = 0; i < chart->curve_count; i++)
        put_curve(chart, &f, i, out);
    fputs("</svg>\n", out);
    put_names(chart, out);
    fputs("</figure>\n", out);
}
