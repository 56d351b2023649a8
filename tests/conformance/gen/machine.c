/* machine.c - runs programs of generators with cede and prints what happens; protocol.py does the
 * same with Python, and the tests compare.
 *
 * Reads lines: `begin NAME`; `gen B STATEMENTS`, which makes body B and generator B of it, by turns
 * from 0 on; steps; `end`, which closes what is left. A step is `next G`, `send G N`,
 * `throw G KIND`, `close G`, `destroy G`. Each prints "G OP -> OUTCOME" after the lines of what the
 * bodies met, then the states of all. Items are whole numbers from 0 on.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/gen.h>
#include <cede/report.h>

#include "program.h"

enum {
    MAX_GENS = 48,
    MAX_VALUES = 1000,
    NOTHING = -1, /* no value: Python's None */
    DRIVER = -1,  /* who takes a step, if no generator */
    RETURNED = 1, /* how statements end, beside 0 and the codes */
    MAX_CLOSINGS = 200,
};

struct member {
    cede_gen *gen; /* NULL: destroyed */
    int number;
    const struct node *body;
    int caught; /* the error that the except here handles */
    void *result;
};

static struct program program;
static struct member members[MAX_GENS];
static int n_members;
static char values[MAX_VALUES]; /* the address of one is an item */

static void *value_of(int number)
{
    return number == NOTHING ? NULL : &values[number];
}

/* In a buffer of its own, one of two. */
static const char *show(const void *value)
{
    static char texts[2][16];
    static int turn;

    if (!value)
        return "None";
    turn = !turn;
    snprintf(texts[turn], sizeof texts[turn], "%d", (int)((const char *)value - values));
    return texts[turn];
}

static int run(struct member *me, const struct node *list);

static int run_body(cede_gen *self, void *arg)
{
    struct member *me = arg;
    int rc;

    me->gen = self;
    me->result = NULL;
    rc = run(me, me->body);
    if (rc == RETURNED)
        return cede_gen_return(self, me->result);
    return rc;
}

static struct member *make(const struct node *body)
{
    struct member *member;

    if (n_members == MAX_GENS)
        return NULL;
    member = &members[n_members];
    *member = (struct member){.number = n_members, .body = body};
    member->gen = cede_gen_create(run_body, member);
    if (!member->gen)
        exit(3);
    n_members++;
    return member;
}

/* Steps. */

static void print_end(const struct member *member, const char *word)
{
    const void *result = cede_gen_result(member->gen);

    printf("%s%s%s\n", word, result ? " " : "", result ? show(result) : "");
}

static int step_close(struct member *member)
{
    const enum cede_gen_state before = cede_gen_state(member->gen);
    const int rc = cede_close(member->gen);

    printf("%d close -> ", member->number);
    if (rc < 0)
        printf("raise %s\n", kind_name(rc));
    else if (before == CEDE_GEN_CLOSED)
        puts("closed");
    else
        print_end(member, "closed");
    return rc;
}

static int step_resume(struct member *member, const char *op, const char *word)
{
    const enum cede_gen_state before = cede_gen_state(member->gen);
    void *item = NULL;
    int rc;

    if (strcmp(op, "next") == 0)
        rc = cede_next(member->gen, &item);
    else if (strcmp(op, "send") == 0)
        rc = cede_send(member->gen, value_of(atoi(word)), &item);
    else
        rc = cede_throw(member->gen, kind_code(word), &item);
    printf("%d %s -> ", member->number, op);
    if (rc > 0)
        printf("yield %s\n", show(item));
    else if (rc < 0)
        printf("raise %s\n", kind_name(rc));
    else if (before == CEDE_GEN_CLOSED)
        puts("end");
    else
        print_end(member, "end");
    return rc;
}

static void step_destroy(struct member *member)
{
    const int rc = cede_gen_destroy(member->gen);

    if (rc == 0)
        member->gen = NULL;
    printf("%d destroy -> %s\n", member->number, rc < 0 ? kind_name(rc) : "gone");
}

/* Negative if it raises. */
static int step(const char *op, const char *word, const char *more)
{
    const int number = atoi(word);
    int rc = 0;

    if (number >= n_members || !members[number].gen)
        return 0;
    if (strcmp(op, "close") == 0)
        rc = step_close(&members[number]);
    else if (strcmp(op, "destroy") == 0)
        step_destroy(&members[number]);
    else
        rc = step_resume(&members[number], op, more);
    return rc < 0 ? rc : 0;
}

/* Statements. */

static int run_yield(struct member *me, const char *word)
{
    void *sent = NULL;
    const int rc = cede_yield(me->gen, value_of(atoi(word)), &sent);

    if (rc == 0)
        printf(". %d sent %s\n", me->number, show(sent));
    return rc;
}

static int run_from(struct member *me, struct member *sub)
{
    void *result = NULL;
    int rc = 0;

    if (sub && sub->gen)
        rc = cede_yield_from(me->gen, sub->gen, &result);
    if (rc == 0)
        printf(". %d result %s\n", me->number, show(result));
    return rc;
}

static int run_try(struct member *me, const struct node *node)
{
    const struct node *except = node_clause(node, "except");
    const struct node *finally = node_clause(node, "finally");
    const int before = me->caught;
    int rc = run(me, node_clause(node, "do")->first);
    int last;

    if (rc < 0 && except && kind_includes(except->words[0], rc)) {
        printf(". %d caught %s\n", me->number, kind_name(rc));
        me->caught = rc;
        rc = run(me, except->first);
        me->caught = before;
    }
    if (!finally)
        return rc;
    /* What it does last prevails; but it has to be known what is returned if it does nothing. */
    void *result = me->result;
    printf(". %d finally\n", me->number);
    if (rc < 0)
        me->caught = rc;
    last = run(me, finally->first);
    me->caught = before;
    if (last != 0)
        return last;
    me->result = result;
    return rc;
}

static int run_loop(struct member *me, const struct node *node)
{
    for (int i = atoi(node->words[0]); i > 0; i--) {
        const int rc = run(me, node->first);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int run_raise(struct member *me, const char *word)
{
    const int code = word[0] ? kind_code(word) : me->caught;

    return cede_raise(code, "on purpose");
}

static int run_log(struct member *me, const char *word)
{
    printf(". %d %s\n", me->number, word);
    return 0;
}

static int run_one(struct member *me, const struct node *node)
{
    const char *op = node->op, *word = node->words[0];

    if (strcmp(op, "yield") == 0)
        return run_yield(me, word);
    if (strcmp(op, "from") == 0)
        return run_from(me, atoi(word) < n_members ? &members[atoi(word)] : NULL);
    if (strcmp(op, "fresh") == 0)
        return run_from(me, make(program.bodies[atoi(word)]));
    if (strcmp(op, "try") == 0)
        return run_try(me, node);
    if (strcmp(op, "raise") == 0)
        return run_raise(me, word);
    if (strcmp(op, "loop") == 0)
        return run_loop(me, node);
    if (strcmp(op, "log") == 0)
        return run_log(me, word);
    if (strcmp(op, "return") == 0) {
        me->result = value_of(atoi(word));
        return RETURNED;
    }
    return step(op, word, node->words[1]);
}

static int run(struct member *me, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        const int rc = run_one(me, node);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* The driver. */

static void print_states(void)
{
    static const char letters[] = "crs-"; /* created, running, suspended, closed */

    printf("=");
    for (int i = 0; i < n_members; i++) {
        const cede_gen *gen = members[i].gen, *sub;
        if (!gen) {
            printf(" x");
            continue;
        }
        printf(" %c", letters[cede_gen_state(gen)]);
        sub = cede_gen_delegate(gen);
        for (int j = 0; sub && j < n_members; j++) {
            if (members[j].gen == sub)
                printf("%d", j);
        }
    }
    puts("");
}

static void begin(void)
{
    n_members = 0;
    program.n_nodes = 0;
    memset(program.bodies, 0, sizeof program.bodies);
}

static void end(void)
{
    for (int i = 0; i < n_members; i++) {
        for (int n = 0; members[i].gen && cede_gen_state(members[i].gen) != CEDE_GEN_CLOSED; n++) {
            if (n == MAX_CLOSINGS)
                exit(4);
            (void)step_close(&members[i]);
            print_states();
        }
    }
    for (int i = 0; i < n_members; i++) {
        if (cede_gen_destroy(members[i].gen) < 0)
            exit(5);
    }
    puts("end");
    fflush(stdout);
}

static void obey(char *line)
{
    char op[MAX_WORD], words[2][MAX_WORD] = {"", ""};
    int at = 0;

    if (sscanf(line, "gen %*d %n", &at) == 0 && at > 0) {
        program.bodies[n_members] = program_parse(&program, line + at);
        (void)make(program.bodies[n_members]);
        return;
    }
    if (sscanf(line, "%15s %15s %15s", op, words[0], words[1]) < 1)
        return;
    if (strcmp(op, "begin") == 0) {
        begin();
    } else if (strcmp(op, "end") == 0) {
        end();
    } else {
        (void)step(op, words[0], words[1]);
        print_states();
    }
}

static void print_report(const char *text, void *arg)
{
    (void)text;
    (void)arg;
    puts(". report");
}

int main(void)
{
    static char line[65536];

    cede_set_report_hook(print_report, NULL);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        obey(line);
    }
    return 0;
}
