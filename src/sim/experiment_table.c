/* experiment_table.c - trials as a table: a column's numbers, CSV, JSON.
 *
 * A row is a trial. Both forms walk the same columns; a writer says what stands around and between
 * its fields.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "sim/csv.h"
#include "sim/experiment.h"
#include "sim/number.h"

/* The number in a column; `outcome` did not fail, or the column is of the point. */
static double column_value(const cede_column *column, const cede_trial *trial,
                           const struct cede__outcome *outcome)
{
    const char *at = (column->of_point ? (const char *)trial->point : outcome->result);
    double real;
    int number;
    int64_t large;

    if (!at)
        return (double)NAN;
    at += column->offset;
    switch (column->kind) {
    case CEDE_COLUMN_INT:
        memcpy(&number, at, sizeof number);
        return number;
    case CEDE_COLUMN_INT64:
        memcpy(&large, at, sizeof large);
        return (double)large;
    default:
        memcpy(&real, at, sizeof real);
        return real;
    }
}

cede_tally cede_experiment_tally(const cede_experiment *experiment, size_t point_index,
                                 const char *column)
{
    const cede_experiment_options *o = &experiment->options;
    cede_tally tally = {0};
    size_t c = 0;

    while (c < o->n_columns && strcmp(o->columns[c].name, column) != 0)
        c++;
    for (size_t i = 0; c < o->n_columns && i < experiment->n; i++) {
        const struct cede__outcome *outcome = cede__experiment_outcome(experiment, i);
        cede_trial trial;

        cede__experiment_trial(experiment, i, &trial);
        if (outcome->code >= 0 && (point_index == SIZE_MAX || trial.point_index == point_index))
            cede_tally_add(&tally, column_value(&o->columns[c], &trial, outcome));
    }
    return tally;
}

static void write_json_text(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(stream, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(stream, "\\u%04x", (unsigned)*text);
        else
            fputc(*text, stream);
    }
    fputc('"', stream);
}

int cede_experiment_write_csv(const cede_experiment *experiment, FILE *stream)
{
    const cede_experiment_options *o = &experiment->options;

    fprintf(stream, "point,run,seed");
    for (size_t c = 0; c < o->n_columns; c++) {
        fputc(',', stream);
        cede__csv_write(stream, o->columns[c].name);
    }
    fprintf(stream, ",error\n");
    for (size_t i = 0; i < experiment->n; i++) {
        const struct cede__outcome *outcome = cede__experiment_outcome(experiment, i);
        cede_trial trial;

        cede__experiment_trial(experiment, i, &trial);
        fprintf(stream, "%zu,%zu,%llu", trial.point_index, trial.run,
                (unsigned long long)trial.seed);
        for (size_t c = 0; c < o->n_columns; c++) {
            fputc(',', stream);
            if (outcome->code >= 0 || o->columns[c].of_point)
                cede__number_write(stream, column_value(&o->columns[c], &trial, outcome), 17);
        }
        fputc(',', stream);
        if (outcome->code < 0)
            cede__csv_write(stream, outcome->message);
        fputc('\n', stream);
    }
    return ferror(stream) || fflush(stream) ? -EIO : 0;
}

int cede_experiment_write_json(const cede_experiment *experiment, FILE *stream)
{
    const cede_experiment_options *o = &experiment->options;

    fputc('[', stream);
    for (size_t i = 0; i < experiment->n; i++) {
        const struct cede__outcome *outcome = cede__experiment_outcome(experiment, i);
        cede_trial trial;

        cede__experiment_trial(experiment, i, &trial);
        fprintf(stream, "%s\n  {\"point\": %zu, \"run\": %zu, \"seed\": %llu", i ? "," : "",
                trial.point_index, trial.run, (unsigned long long)trial.seed);
        for (size_t c = 0; c < o->n_columns; c++) {
            double value = (double)NAN;

            if (outcome->code >= 0 || o->columns[c].of_point)
                value = column_value(&o->columns[c], &trial, outcome);
            fprintf(stream, ", ");
            write_json_text(stream, o->columns[c].name);
            fputs(isfinite(value) ? ": " : ": null", stream);
            if (isfinite(value))
                cede__number_write(stream, value, 17);
        }
        if (outcome->code < 0) {
            fprintf(stream, ", \"error\": ");
            write_json_text(stream, outcome->message);
        }
        fputc('}', stream);
    }
    fprintf(stream, "\n]\n");
    return ferror(stream) || fflush(stream) ? -EIO : 0;
}
