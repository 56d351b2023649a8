/* real.h - log, exp and their kin, the same bits on every machine
 *
 * The C library's differ in their last bits from one to the next, and a model that compares what
 * they gave would take another way. These are made of what IEEE 754 rounds exactly: + - * / and
 * sqrt. Compiled without contraction.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_REAL_H
#define CEDE_SIM_REAL_H

#define CEDE__HALF_LOG_2PI 0x1.d67f1c864beb5p-1 /* log(2 pi) / 2 */

double cede__log(double x);           /* within 1 ulp; -inf of 0, NaN below */
double cede__exp(double x);           /* within 1 ulp; of subnormal results, 1 of their least bit */
double cede__log1p(double x);         /* log(1 + x), within 3 ulp */
double cede__pow(double x, double y); /* x above 0; within 1 + 3 |y log(x)| ulp */

/* The logarithm of the gamma function, of x above 0; off by no more than 3e-14, or so many times
 * its value. */
double cede__log_gamma(double x);

/* log(n!) less Stirling's formula, log(sqrt(2 pi n) (n / e)^n), for n of 1 or more. */
double cede__stirling_rest(double n);

#endif
