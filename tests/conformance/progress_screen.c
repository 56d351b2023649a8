/* progress_screen.c - bars on a real terminal, played from a script; progress_screen.py looks at
 * the screen.
 *
 * Commands come from standard input, a line each, fields between tabs; the bars are on standard
 * error. After each command a mark follows on standard error, so that the reader knows that all of
 * it has been said. The clock moves by `pass` alone.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/progress.h>

#include "progress/renderer.h"
#include "sys/terminal.h"

#define MARK "\x1b]777;done\a"

static int64_t clock_time;
static cede_progress *bars[64];

static int64_t clock_now(void)
{
    return clock_time;
}

/* "new" bar total initial min_interval min_steps smoothing columns transient unicode unit scale
 * divisor description */
static cede_progress *make_bar(char **field)
{
    return cede_progress_create(&(cede_progress_options){
        .total = atoll(field[0]),
        .initial = atoll(field[1]),
        .min_interval = atoll(field[2]),
        .min_steps = atoll(field[3]),
        .smoothing = atof(field[4]),
        .columns = atoi(field[5]),
        .transient = atoi(field[6]),
        .charset = atoi(field[7]) ? CEDE_PROGRESS_UNICODE : CEDE_PROGRESS_ASCII,
        .unit = field[8],
        .unit_scale = atof(field[9]),
        .unit_divisor = atoi(field[10]),
        .description = field[11],
    });
}

/* Whether the command is known. */
static bool obey(char **field, int n_fields)
{
    const char *command = field[0];
    cede_progress **bar = n_fields > 1 ? &bars[atoi(field[1]) % 64] : &bars[0];
    const char *value = n_fields > 2 ? field[2] : "";

    if (strcmp(command, "new") == 0 && n_fields == 14)
        *bar = make_bar(field + 2);
    else if (strcmp(command, "pass") == 0)
        clock_time += atoll(value);
    else if (strcmp(command, "add") == 0)
        cede_progress_add(*bar, atoll(value));
    else if (strcmp(command, "total") == 0)
        cede_progress_set_total(*bar, atoll(value));
    else if (strcmp(command, "description") == 0)
        cede_progress_set_description(*bar, value);
    else if (strcmp(command, "postfix") == 0)
        cede_progress_set_postfix(*bar, value);
    else if (strcmp(command, "write") == 0)
        cede_progress_write(*bar, value);
    else if (strcmp(command, "hide") == 0)
        cede_progress_hide(*bar);
    else if (strcmp(command, "print") == 0)
        fprintf(stderr, "%s\n", value);
    else if (strcmp(command, "show") == 0)
        cede_progress_show(*bar);
    else if (strcmp(command, "refresh") == 0)
        cede_progress_refresh(*bar);
    else if (strcmp(command, "unpause") == 0)
        cede_progress_unpause(*bar);
    else if (strcmp(command, "reset") == 0)
        cede_progress_reset(*bar, atoll(value));
    else if (strcmp(command, "close") == 0)
        cede_progress_close(*bar);
    else if (strcmp(command, "destroy") == 0) {
        cede_progress_destroy(*bar);
        *bar = NULL;
    } else
        return false;
    return true;
}

int main(void)
{
    static const struct cede__progress_system screen = {clock_now, cede__terminal_is_at,
                                                        cede__terminal_size, cede__terminal_write};
    static char line[4096];

    cede__progress_system = &screen;
    setenv("TERM", "xterm", 1);
    while (fgets(line, sizeof line, stdin)) {
        char *field[16] = {NULL}, *rest = line;
        int n_fields = 0;

        line[strcspn(line, "\n")] = '\0';
        while (rest && n_fields < 16)
            field[n_fields++] = strsep(&rest, "\t");
        if (!obey(field, n_fields)) {
            printf("what is %s?\n", field[0]);
            return 1;
        }
        (void)cede__terminal_write(2, MARK, sizeof MARK - 1);
    }
    return 0;
}
