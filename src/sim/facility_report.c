/* facility_report.c - what happened at resources, containers and stores, for people and for other
 * programs: a table of figures, and every point that was kept.
 *
 * It only reads what facility.c counted.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/base.h"
#include "sim/csv.h"
#include "sim/facility.h"
#include "sim/number.h"

/* A mean, or a dash where there is none. */
static void print_figure(FILE *file, double value)
{
    if (isfinite(value))
        fprintf(file, " %8.4g", value);
    else
        fprintf(file, " %8s", "-");
}

static void report_line(FILE *file, const struct cede__facility *facility)
{
    cede_facility_stats stats;
    cede_tally waits;
    char name[64];
    struct cede__text text = {name, sizeof name, 0};

    cede__facility_read(facility, &stats);
    cede__sync_describe(&facility->sync, facility->kind->noun, &text);
    waits = stats.get_waits;
    cede_tally_merge(&waits, &stats.put_waits);
    fprintf(file, "%-20s", name);
    print_figure(file, stats.level.mean);
    print_figure(file, stats.level.max);
    if (isfinite(facility->kind->capacity(facility)))
        fprintf(file, " %7.1f%%", 100 * stats.utilisation);
    else
        fprintf(file, " %8s", "-");
    print_figure(file, stats.getting.mean + stats.putting.mean);
    print_figure(file, cede_tally_mean(&waits));
    print_figure(file, cede_tally_max(&waits));
    fprintf(file, " %7llu %5llu %5llu\n", (unsigned long long)waits.count,
            (unsigned long long)stats.n_left, (unsigned long long)stats.n_preempted);
}

void cede_facility_report(FILE *file)
{
    const struct cede__list *all = cede__facilities_here();

    fprintf(file, "%-20s %8s %8s %8s %8s %8s %8s %7s %5s %5s\n", "", "mean", "most", "in use",
            "waiting", "wait", "longest", "served", "left", "lost");
    if (!all)
        return;
    for (struct cede__list *link = all->next; link != all; link = link->next)
        report_line(file, cede__container_of(link, struct cede__facility, link));
}

static void write_series(FILE *file, const struct cede__facility *facility, const char *what,
                         const cede_series *series)
{
    for (size_t i = 0; i < series->n; i++) {
        fprintf(file, "%s,", facility->kind->noun);
        cede__csv_write(file, facility->sync.name ? facility->sync.name : "");
        fprintf(file, ",%s,", what);
        cede__number_write(file, series->points[i].x, 17);
        fputc(',', file);
        cede__number_write(file, series->points[i].y, 17);
        fputc('\n', file);
    }
}

int cede_facility_write_csv(FILE *file)
{
    const struct cede__list *all = cede__facilities_here();

    fprintf(file, "kind,name,what,time,value\n");
    for (struct cede__list *link = all ? all->next : NULL; link && link != all; link = link->next) {
        const struct cede__facility *facility =
            cede__container_of(link, struct cede__facility, link);
        if (!facility->points)
            continue;
        write_series(file, facility, "level", &facility->points->level);
        write_series(file, facility, "getting", &facility->points->getting);
        write_series(file, facility, "putting", &facility->points->putting);
    }
    return ferror(file) || fflush(file) ? -EIO : 0;
}
