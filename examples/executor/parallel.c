/* parallel.c - loops on all processors: over a range, over an array, with a reduction, from a task
 * that shows meanwhile that its loop is free. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [range] */
enum { WIDTH = 640, HEIGHT = 480 };

static unsigned char picture[WIDTH * HEIGHT];

/* Rows `begin` to `end` - 1: a piece of the work, on any thread. */
static int paint(size_t begin, size_t end, void *arg)
{
    unsigned char *pixels = arg;

    for (size_t y = begin; y < end; y++) {
        for (size_t x = 0; x < WIDTH; x++)
            pixels[y * WIDTH + x] = (unsigned char)(x ^ y);
    }
    return 0;
}

static int paint_picture(void)
{
    CEDE_TRY(cede_parallel_for(0, HEIGHT, paint, picture, NULL));
    printf("pixel (3, 5) is %d\n", picture[5 * WIDTH + 3]);
    return 0;
}
/* [/range] */

/* [reduce] */
static int count_bright(size_t begin, size_t end, void *part, void *arg)
{
    const unsigned char *pixels = arg;

    for (size_t i = begin; i < end; i++)
        *(long *)part += pixels[i] >= 128;
    return 0;
}

static void add(void *into, const void *part, void *arg)
{
    *(long *)into += *(const long *)part;
}

static int count_pixels(void)
{
    const cede_reduction bright = {
        .fold = count_bright, .combine = add, .arg = picture, .size = sizeof(long)};
    long n = 0;

    CEDE_TRY(cede_parallel_reduce(0, WIDTH * HEIGHT, &bright, &n, NULL));
    printf("%ld of %d pixels are bright\n", n, WIDTH * HEIGHT);
    return 0;
}
/* [/reduce] */

/* [each] */
struct account {
    const char *owner;
    long cents;
};

static int add_interest(void *item, void *arg)
{
    struct account *account = item;

    if (account->cents < 0)
        return cede_raise(-EDOM, "%s owes us money", account->owner);
    account->cents += account->cents * *(const long *)arg / 100;
    return 0;
}

static int pay_interest(void)
{
    struct account accounts[] = {{"anna", 1000}, {"bert", 250}, {"carl", -40}};
    const cede_parallel_items items = {accounts, 3, sizeof accounts[0]};
    long percent = 4;
    const int rc = cede_parallel_each(&items, add_interest, &percent, NULL);

    printf("interest: %s\n", cede_error_message(cede_error_last()));
    return rc == -EDOM ? 0 : rc;
}
/* [/each] */

static int run(void *arg)
{
    CEDE_TRY(paint_picture());
    CEDE_TRY(count_pixels());
    return pay_interest();
}

int main(void)
{
    return cede_run(run, NULL) < 0;
}

/* Output:
 * pixel (3, 5) is 6
 * 151552 of 307200 pixels are bright
 * interest: carl owes us money
 */
