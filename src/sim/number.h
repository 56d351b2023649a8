/* number.h - numbers as text for other programs. Floor 7. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_NUMBER_H
#define CEDE_SIM_NUMBER_H

#include <stdio.h>

/* So many digits at most, with a point, whatever the program's locale has. */
void cede__number_write(FILE *stream, double value, int n_digits);

#endif
