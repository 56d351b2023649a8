/* iterators.c - builds pipelines of iterators from expressions, one a line of standard input, and
 * prints what they yield: twice, as it comes and out of a collected array, after the size hint.
 *
 *     (pairwise (range 0 4 1))   ->   3 3 [(0,1) (1,2) (2,3)] [(0,1) (1,2) (2,3)]
 *
 * iterators.py builds the same of Python's and compares. An expression's type says what its items
 * are made of; callbacks go by a weight, a number computed from all numbers in an item.
 */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede.h>

enum { PARTS_MAX = 6, MODULUS = 1009 };

/* What an item is: 'i' an int64_t, 't' a tuple of parts, 'b' of any number like parts[0], 'n' a
 * cede_numbered around parts[0]. */
struct type {
    char kind;
    int n;
    const struct type *parts[PARTS_MAX];
};

struct expression {
    cede_iter *it;
    const struct type *type;
};

static const struct type integer = {.kind = 'i'};
static struct type arena[4096];
static size_t n_types;

static const struct type *make_type(char kind, int n, const struct type *const *parts)
{
    struct type *type = &arena[n_types++ % (sizeof arena / sizeof *arena)];

    type->kind = kind;
    type->n = n;
    for (int i = 0; i < n; i++)
        type->parts[i] = parts[i];
    return type;
}

static const struct type *part_of(const struct type *type, size_t i)
{
    return type->kind == 't' ? type->parts[i] : type->parts[0];
}

/* Weights, and what is made of them. */

static int64_t reduced(int64_t value)
{
    return (value % MODULUS + MODULUS) % MODULUS;
}

static int64_t weight(const struct type *type, const void *item)
{
    int64_t sum;

    if (!item)
        return 7;
    if (type->kind == 'i')
        return reduced(*(const int64_t *)item);
    if (type->kind == 'n') {
        const cede_numbered *numbered = item;
        return reduced(numbered->number + 2 * weight(type->parts[0], numbered->item));
    }
    const cede_tuple *tuple = item;
    sum = (int64_t)tuple->n;
    for (size_t i = 0; i < tuple->n; i++)
        sum += (int64_t)(i + 1) * weight(part_of(type, i), tuple->items[i]);
    return reduced(sum);
}

static int map_weight(void *item, void *out, void *arg)
{
    *(int64_t *)out = reduced(3 * weight(arg, item) + 1);
    return 0;
}

static int star_weight(void *const *items, void *out, void *arg)
{
    const struct type *type = arg;
    int64_t sum = 0;

    for (int i = 0; i < type->n; i++)
        sum += (i + 5) * weight(part_of(type, (size_t)i), items[i]);
    *(int64_t *)out = reduced(sum);
    return 0;
}

static int third(void *item, void *arg)
{
    return weight(arg, item) % 3 != 0;
}

static int small(void *item, void *arg)
{
    return weight(arg, item) < 12;
}

static int flag(void *item, void *out, void *arg)
{
    *(bool *)out = weight(arg, item) % 2;
    return 0;
}

static int key_fifth(void *item, void *out, void *arg)
{
    *(int64_t *)out = weight(arg, item) % 5;
    return 0;
}

static int key_quarter(void *item, void *out, void *arg)
{
    *(int64_t *)out = weight(arg, item) / 4;
    return 0;
}

static int by_weight(const void *a, const void *b, void *arg)
{
    return (int)(weight(arg, a) - weight(arg, b));
}

/* Two weights are the same if they leave the same of 7: for unique without a hash. */
static bool same_seventh(const void *a, const void *b, void *arg)
{
    return weight(arg, a) % 7 == weight(arg, b) % 7;
}

/* A group becomes one number: its key, and the weights of its first items. */
struct grouping {
    const struct type *type;
    int64_t n;
};

static int sum_group(void *item, void *out, void *arg)
{
    const struct grouping *grouping = arg;
    const cede_grouped *grouped = item;
    int64_t sum = 100 * *(const int64_t *)grouped->key;
    void *member;

    for (int64_t i = 0; i < grouping->n; i++) {
        const int rc = cede_iter_next(grouped->group, &member);
        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
        sum += (i + 1) * weight(grouping->type, member);
    }
    *(int64_t *)out = sum;
    return 0;
}

/* Reading expressions. */

static const char *at;

static void fail(const char *why)
{
    fprintf(stderr, "%s at: %s\n", why, at);
    exit(2);
}

static void skip_blanks(void)
{
    while (isspace((unsigned char)*at))
        at++;
}

static int64_t read_number(void)
{
    char *end;
    const int64_t value = strtoll(at, &end, 10);

    if (end == at)
        fail("no number");
    at = end;
    return value;
}

static bool word_is(const char *word, const char *name)
{
    return strcmp(word, name) == 0;
}

static struct expression read_expression(void);

static struct expression read_source(const char *word)
{
    static int64_t values[64][32];
    static int n_arrays;
    struct expression made = {NULL, &integer};

    if (word_is(word, "range")) {
        const int64_t start = read_number(), stop = read_number();
        made.it = cede_iter_range(start, stop, read_number());
    } else if (word_is(word, "reversed")) {
        const int64_t start = read_number(), stop = read_number();
        made.it = cede_iter_reversed(cede_iter_range(start, stop, read_number()));
    } else if (word_is(word, "count")) {
        const int64_t start = read_number(), step = read_number();
        made.it = cede_iter_islice(cede_iter_count(start, step), 0, read_number(), 1);
    } else if (word_is(word, "array")) {
        int64_t *array = values[n_arrays++ % 64];
        const int64_t n = read_number();
        for (int64_t i = 0; i < n; i++)
            array[i] = read_number();
        made.it = cede_iter_array(array, (size_t)n, sizeof *array);
    }
    return made;
}

/* Adaptors whose items are those of their source. */
static struct expression read_same(const char *word)
{
    const int64_t a = word_is(word, "islice") || word_is(word, "cycle") ? read_number() : 0;
    const int64_t b = word_is(word, "islice") ? read_number() : 0;
    const int64_t c = word_is(word, "islice") ? read_number() : 0;
    struct expression made = read_expression();
    void *type = (void *)made.type;
    const cede_iter_key fifth = {.key = key_fifth, .key_size = 8, .arg = type};
    const cede_iter_key seventh = {.equal = same_seventh, .arg = type};

    if (word_is(word, "islice"))
        made.it = cede_iter_islice(made.it, a, b < 0 ? CEDE_NO_STOP : b, c);
    else if (word_is(word, "cycle"))
        made.it = cede_iter_islice(cede_iter_cycle(made.it), 0, a, 1);
    else if (word_is(word, "filter"))
        made.it = cede_iter_filter(made.it, third, type);
    else if (word_is(word, "filterfalse"))
        made.it = cede_iter_filterfalse(made.it, third, type);
    else if (word_is(word, "takewhile"))
        made.it = cede_iter_takewhile(made.it, small, type);
    else if (word_is(word, "dropwhile"))
        made.it = cede_iter_dropwhile(made.it, small, type);
    else if (word_is(word, "sorted"))
        made.it = cede_iter_sorted(made.it, by_weight, type);
    else if (word_is(word, "unique"))
        made.it = cede_iter_unique(made.it, &fifth);
    else if (word_is(word, "unique_compared"))
        made.it = cede_iter_unique(made.it, &seventh);
    else if (word_is(word, "justseen"))
        made.it = cede_iter_unique_justseen(made.it, &fifth);
    else if (word_is(word, "peekable"))
        made.it = cede_iter_peekable(made.it);
    else
        fail("what adaptor");
    return made;
}

/* Adaptors that yield numbers. */
static struct expression read_numbers(const char *word)
{
    static struct grouping groupings[64];
    static int n_groupings;
    const int64_t n = word_is(word, "groupby") ? read_number() : 0;
    struct expression made = read_expression();
    void *type = (void *)made.type;
    const int64_t initial = 5;

    if (word_is(word, "map")) {
        made.it = cede_iter_map(made.it, map_weight, type, sizeof(int64_t));
    } else if (word_is(word, "star")) {
        made.it = cede_iter_starmap(made.it, star_weight, type, sizeof(int64_t));
    } else if (word_is(word, "accumulate")) {
        made.it = cede_iter_accumulate(made.it, cede_fold_sum_int64, NULL, NULL, 8);
    } else if (word_is(word, "accumulate_initial")) {
        made.it = cede_iter_accumulate(made.it, cede_fold_max_int64, NULL, &initial, 8);
    } else {
        const cede_iter_key quarter = {.key = key_quarter, .key_size = 8, .arg = type};
        struct grouping *grouping = &groupings[n_groupings++ % 64];
        *grouping = (struct grouping){made.type, n};
        made.it = cede_iter_map(cede_iter_groupby(made.it, &quarter), sum_group, grouping, 8);
    }
    made.type = &integer;
    return made;
}

/* Adaptors that make tuples of one source. */
static struct expression read_tuples(const char *word)
{
    const int64_t n = word_is(word, "pairwise") ? 0 : read_number();
    const int64_t step = word_is(word, "windowed") ? read_number() : 0;
    struct expression made = read_expression();
    const struct type *type = made.type;

    made.type = make_type(word_is(word, "enumerate") ? 'n' : 'b', 1, &type);
    if (word_is(word, "pairwise"))
        made.it = cede_iter_pairwise(made.it);
    else if (word_is(word, "enumerate"))
        made.it = cede_iter_enumerate(made.it, n);
    else if (word_is(word, "batched"))
        made.it = cede_iter_batched(made.it, (size_t)n, false);
    else if (word_is(word, "batched_strict"))
        made.it = cede_iter_batched(made.it, (size_t)n, true);
    else if (word_is(word, "windowed"))
        made.it = cede_iter_windowed(made.it, (size_t)n, (size_t)step, NULL);
    else if (word_is(word, "permutations"))
        made.it = cede_iter_permutations(made.it, n < 0 ? CEDE_ALL_ITEMS : (size_t)n);
    else if (word_is(word, "combinations"))
        made.it = cede_iter_combinations(made.it, (size_t)n);
    else if (word_is(word, "replaced"))
        made.it = cede_iter_combinations_replaced(made.it, (size_t)n);
    else
        fail("what adaptor");
    return made;
}

/* Both branches of a tee, one after the other, or side by side, the second two items ahead. */
static struct expression read_tee(const char *word)
{
    struct expression made = read_expression();
    const struct type *const parts[] = {made.type, made.type};
    cede_iter *its[2];

    if (cede_iter_tee(made.it, 2, its) < 0)
        its[0] = its[1] = NULL; /* as they are: the error shows below */
    if (word_is(word, "tee")) {
        made.it = cede_iter_chain(its, 2);
        return made;
    }
    made.it = cede_iter_zip(CEDE_ITERS(its[0], cede_iter_islice(its[1], 2, CEDE_NO_STOP, 1)));
    made.type = make_type('t', 2, parts);
    return made;
}

/* Adaptors of several, up to the closing bracket. */
static struct expression read_joined(const char *word)
{
    const int64_t repeat = word_is(word, "product") ? read_number() : 1;
    const struct type *types[PARTS_MAX];
    cede_iter *its[PARTS_MAX];
    struct expression made;
    int n = 0;

    for (skip_blanks(); *at != ')'; skip_blanks()) {
        const struct expression part = read_expression();
        types[n] = part.type;
        its[n++] = part.it;
    }
    made.type = n > 0 ? types[0] : &integer;
    const size_t count = (size_t)n;
    if (word_is(word, "chain")) {
        made.it = cede_iter_chain(its, count);
    } else if (word_is(word, "interleave")) {
        made.it = cede_iter_interleave(its, count);
    } else if (word_is(word, "interleave_longest")) {
        made.it = cede_iter_interleave_longest(its, count);
    } else if (word_is(word, "compress")) {
        made.it =
            cede_iter_compress(its[0], cede_iter_map(its[1], flag, (void *)types[1], sizeof(bool)));
    } else if (word_is(word, "product")) {
        for (int i = n; i < repeat * n && i < PARTS_MAX; i++)
            types[i] = types[i % n];
        made.it = cede_iter_product(its, count, (size_t)repeat);
        made.type = make_type('t', (int)repeat * n, types);
    } else {
        made.it = word_is(word, "zip")          ? cede_iter_zip(its, count)
                  : word_is(word, "zip_strict") ? cede_iter_zip_strict(its, count)
                                                : cede_iter_zip_longest(its, count, NULL);
        made.type = make_type('t', n, types);
    }
    return made;
}

static bool is_one_of(const char *word, const char *words)
{
    const size_t length = strlen(word);

    for (const char *found = words; (found = strstr(found, word)) != NULL; found++) {
        if ((found == words || found[-1] == ' ') && (found[length] == ' ' || !found[length]))
            return true;
    }
    return false;
}

static struct expression read_expression(void)
{
    struct expression made;
    char word[32];
    size_t n = 0;

    skip_blanks();
    if (*at++ != '(')
        fail("no bracket");
    while ((isalpha((unsigned char)*at) || *at == '_') && n + 1 < sizeof word)
        word[n++] = *at++;
    word[n] = '\0';
    if (is_one_of(word, "range reversed count array"))
        made = read_source(word);
    else if (is_one_of(word, "map star accumulate accumulate_initial groupby"))
        made = read_numbers(word);
    else if (is_one_of(word, "pairwise enumerate batched batched_strict windowed permutations "
                             "combinations replaced"))
        made = read_tuples(word);
    else if (is_one_of(word, "tee tee_ahead"))
        made = read_tee(word);
    else if (is_one_of(word, "chain interleave interleave_longest compress product zip zip_strict "
                             "zip_longest"))
        made = read_joined(word);
    else
        made = read_same(word);
    skip_blanks();
    if (*at++ != ')')
        fail("no closing bracket");
    return made;
}

/* Printing. */

static void print_item(const struct type *type, const void *item)
{
    if (!item) {
        printf("-");
    } else if (type->kind == 'i') {
        printf("%" PRId64, *(const int64_t *)item);
    } else if (type->kind == 'n') {
        const cede_numbered *numbered = item;
        printf("(%" PRId64 ",", numbered->number);
        print_item(type->parts[0], numbered->item);
        printf(")");
    } else {
        const cede_tuple *tuple = item;
        printf("(");
        for (size_t i = 0; i < tuple->n; i++) {
            printf("%s", i > 0 ? "," : "");
            print_item(part_of(type, i), tuple->items[i]);
        }
        printf(")");
    }
}

static void print_streamed(struct expression made)
{
    const char *between = "";
    int rc;

    printf("[");
    CEDE_FOREACH(rc, void *, item, made.it) {
        printf("%s", between);
        print_item(made.type, item);
        between = " ";
    }
    if (rc < 0)
        printf("%s!%s", between, cede_error_name(rc));
    printf("]");
    (void)cede_iter_close(made.it);
}

static void print_collected(struct expression made)
{
    void *array;
    size_t n;
    const int rc = cede_iter_collect(made.it, &array, &n);

    if (rc < 0) {
        printf("[!%s]\n", cede_error_name(rc));
        return;
    }
    printf("[");
    for (size_t i = 0; i < n; i++) {
        printf("%s", i > 0 ? " " : "");
        print_item(made.type,
                   made.type->kind == 'i' ? (void *)((int64_t *)array + i) : ((void **)array)[i]);
    }
    printf("]\n");
    cede_iter_release(array);
}

int main(void)
{
    static char line[65536];

    while (fgets(line, sizeof line, stdin)) {
        uint64_t lo, hi;

        at = line;
        const struct expression first = read_expression();
        cede_iter_size_hint(first.it, &lo, &hi);
        printf("%" PRIu64 " %" PRIu64 " ", lo, hi);
        print_streamed(first);
        printf(" ");
        at = line;
        print_collected(read_expression());
        fflush(stdout);
    }
    return 0;
}
