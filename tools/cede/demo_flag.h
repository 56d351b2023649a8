/* demo_flag.h - small pictures of flags, made here. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TOOL_DEMO_FLAG_H
#define CEDE_TOOL_DEMO_FLAG_H

#include <stddef.h>

enum { DEMO_FLAGS = 20 };

/* The two letters of the n-th country, in alphabetical order, in lower case. */
const char *demo_flag_code(size_t n);

/* Its flag as a PNG, 60 by 40 pixels. The size; the bytes are for free(). 0: no memory. */
size_t demo_flag_png(size_t n, unsigned char **bytes_out);

#endif
