/* main.c - the tool `cede`: finds the command that was named and runs it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; gives the exit status */
} commands[] = {
    {"get", "download files: one by one, in threads, or in coroutines", get_main},
    {"demo", "download 20 flags in those three ways, and compare the times", demo_main},
    {"ps", "list the tasks of a running process, and what they wait for", ps_main},
    {"tree", "the same as a tree, with stacks", tree_main},
    {"sim", "small simulations to look at: taxis", sim_main},
    {"serve", "serve the files of a folder over HTTP", serve_main},
};

static void print_help(FILE *out)
{
    fprintf(out, "usage: cede COMMAND [ARGUMENT]...\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\n`cede COMMAND --help` says more. The exit status is 0, 1 for a failure, 2 for "
                 "wrong usage.\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return TOOL_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return TOOL_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("cede %s\n", CEDE__VERSION);
        return TOOL_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "cede: there is no command '%s'; `cede --help` names those there are\n",
            argv[1]);
    return TOOL_USAGE;
}
