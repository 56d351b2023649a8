/* csv.h - words in tables for other programs. Floor 7. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_CSV_H
#define CEDE_SIM_CSV_H

#include <stdio.h>

/* A field in quotes, those in it doubled. */
void cede__csv_write(FILE *stream, const char *text);

#endif
