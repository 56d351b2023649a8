/* tool.h - the commands of the tool, and what they share */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TOOL_H
#define CEDE_TOOL_H

#include <stdbool.h>

/* Exit statuses. */
enum {
    TOOL_OK = 0,
    TOOL_FAILURE = 1,
    TOOL_USAGE = 2,
    TOOL_INTERRUPTED = 130, /* by Ctrl-C, as shells have it */
};

/* One a command, in the file of its name. */
int demo_main(int argc, char **argv);
int get_main(int argc, char **argv);
int ps_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int sim_main(int argc, char **argv);
int tree_main(int argc, char **argv); /* in ps.c */

/* tool.c: read a whole number; false, with a line on standard error, if it is none or out of
 * range. */
bool tool_number(const char *option, const char *text, long least, long most, long *out);

/* tool.c: read seconds, "0.5"; false, with a line on standard error, if it is none, or not above
 * 0. */
bool tool_seconds(const char *option, const char *text, double *out);

/* tool.c: what a hexadecimal digit is worth; -1: it is none. */
int tool_hex(char digit);

/* tool.c: a line on standard error that points to --help; gives TOOL_USAGE. */
int tool_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
