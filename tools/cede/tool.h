/* tool.h - the commands of the tool, and what they share */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TOOL_H
#define CEDE_TOOL_H

/* Exit statuses. */
enum {
    TOOL_OK = 0,
    TOOL_FAILURE = 1,
    TOOL_USAGE = 2,
};

/* One a command, in the file of its name. */
int serve_main(int argc, char **argv);

#endif
