/* number.h - numbers of four types, each a small table of operations: int, double, Fraction,
 * Decimal. Where an int meets another type it becomes one of that, as in Python. Numbers are small
 * here: nothing looks for overflow. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_NUMBER_H
#define CEDE_EXAMPLES_NUMBER_H

#include "../python.h"

/* [number] */
struct number {
    const struct number_type *type;
    union {
        int64_t whole;
        double real;
        struct {
            int64_t top, bottom; /* in lowest terms, bottom positive */
        } fraction;
        struct {
            int64_t digits; /* of which so many stand after the point: */
            int places;
        } decimal;
    };
};

/* What one can do with numbers of a type; operands are of that type. */
struct number_type {
    struct number (*from_int)(int64_t n);
    struct number (*add)(struct number a, struct number b);
    struct number (*times)(struct number a, int64_t n);
    bool (*less)(struct number a, struct number b);
    void (*print)(struct number a); /* repr */
};
/* [/number] */

static const struct number_type type_int, type_double, type_fraction, type_decimal;

static inline struct number number_int(int64_t n)
{
    return (struct number){&type_int, {.whole = n}};
}

static inline struct number number_double(double x)
{
    return (struct number){&type_double, {.real = x}};
}

/* Fraction(top, bottom); bottom is positive. */
static inline struct number number_fraction(int64_t top, int64_t bottom)
{
    int64_t a = top < 0 ? -top : top, b = bottom;

    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return (struct number){&type_fraction, {.fraction = {top / a, bottom / a}}};
}

/* Decimal('0.1') is 1 with one place after the point. */
static inline struct number number_decimal(int64_t digits, int places)
{
    return (struct number){&type_decimal, {.decimal = {digits, places}}};
}

/* Make two numbers one type. */
static inline void number_meet(struct number *a, struct number *b)
{
    if (a->type == b->type)
        return;
    if (a->type == &type_int)
        *a = b->type->from_int(a->whole);
    else if (b->type == &type_int)
        *b = a->type->from_int(b->whole);
    else
        check(cede_raise(-EINVAL, "numbers of different types"));
}

static inline struct number number_add(struct number a, struct number b)
{
    number_meet(&a, &b);
    return a.type->add(a, b);
}

static inline bool number_less(struct number a, struct number b)
{
    number_meet(&a, &b);
    return a.type->less(a, b);
}

static inline struct number number_times(struct number a, int64_t n)
{
    return a.type->times(a, n);
}

/* repr */
static inline void print_number(const void *item)
{
    const struct number *number = item;

    number->type->print(*number);
}

/* int */

static inline struct number int_from_int(int64_t n)
{
    return number_int(n);
}

static inline struct number int_add(struct number a, struct number b)
{
    return number_int(a.whole + b.whole);
}

static inline struct number int_times(struct number a, int64_t n)
{
    return number_int(a.whole * n);
}

static inline bool int_less(struct number a, struct number b)
{
    return a.whole < b.whole;
}

static inline void int_print(struct number a)
{
    print_int(&a.whole);
}

static const struct number_type type_int = {int_from_int, int_add, int_times, int_less, int_print};

/* double */

static inline struct number double_from_int(int64_t n)
{
    return number_double((double)n);
}

static inline struct number double_add(struct number a, struct number b)
{
    return number_double(a.real + b.real);
}

static inline struct number double_times(struct number a, int64_t n)
{
    return number_double(a.real * (double)n);
}

static inline bool double_less(struct number a, struct number b)
{
    return a.real < b.real;
}

static inline void double_print(struct number a)
{
    print_double(a.real);
}

static const struct number_type type_double = {double_from_int, double_add, double_times,
                                               double_less, double_print};

/* Fraction */

static inline struct number fraction_from_int(int64_t n)
{
    return number_fraction(n, 1);
}

static inline struct number fraction_add(struct number a, struct number b)
{
    return number_fraction(a.fraction.top * b.fraction.bottom + b.fraction.top * a.fraction.bottom,
                           a.fraction.bottom * b.fraction.bottom);
}

static inline struct number fraction_times(struct number a, int64_t n)
{
    return number_fraction(a.fraction.top * n, a.fraction.bottom);
}

static inline bool fraction_less(struct number a, struct number b)
{
    return a.fraction.top * b.fraction.bottom < b.fraction.top * a.fraction.bottom;
}

static inline void fraction_print(struct number a)
{
    printf("Fraction(%" PRId64 ", %" PRId64 ")", a.fraction.top, a.fraction.bottom);
}

static const struct number_type type_fraction = {fraction_from_int, fraction_add, fraction_times,
                                                 fraction_less, fraction_print};

/* Decimal */

static inline struct number decimal_from_int(int64_t n)
{
    return number_decimal(n, 0);
}

/* The digits of a, with so many places after the point. */
static inline int64_t decimal_digits(struct number a, int places)
{
    int64_t digits = a.decimal.digits;

    for (int i = a.decimal.places; i < places; i++)
        digits *= 10;
    return digits;
}

static inline int decimal_places(struct number a, struct number b)
{
    return a.decimal.places > b.decimal.places ? a.decimal.places : b.decimal.places;
}

static inline struct number decimal_add(struct number a, struct number b)
{
    const int places = decimal_places(a, b);

    return number_decimal(decimal_digits(a, places) + decimal_digits(b, places), places);
}

static inline struct number decimal_times(struct number a, int64_t n)
{
    return number_decimal(a.decimal.digits * n, a.decimal.places);
}

static inline bool decimal_less(struct number a, struct number b)
{
    const int places = decimal_places(a, b);

    return decimal_digits(a, places) < decimal_digits(b, places);
}

static inline void decimal_print(struct number a)
{
    const int64_t unit = decimal_digits(number_decimal(1, 0), a.decimal.places);
    const int64_t n = a.decimal.digits < 0 ? -a.decimal.digits : a.decimal.digits;

    printf("Decimal('%s%" PRId64, a.decimal.digits < 0 ? "-" : "", n / unit);
    if (a.decimal.places > 0)
        printf(".%0*" PRId64, a.decimal.places, n % unit);
    printf("')");
}

static const struct number_type type_decimal = {decimal_from_int, decimal_add, decimal_times,
                                                decimal_less, decimal_print};

#endif
