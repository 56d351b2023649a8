/* switch_aarch64.h - the switch for 64-bit ARM, AAPCS64. See switch.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_AARCH64_H
#define CEDE_SYS_SWITCH_AARCH64_H

struct cede__context {
    void *sp; /* stack pointer */
    void *fp; /* frame pointer, x29 */
    void *pc; /* where to go on */
};

struct cede__crossing {
    struct cede__context in;  /* at 0 */
    struct cede__context out; /* at 24 */
};

/* Fetch both ends of the frame that a parked context goes on in. */
static inline __attribute__((always_inline)) void
cede__context_prefetch(const struct cede__context *context)
{
    __builtin_prefetch(context->sp, 1);
    __builtin_prefetch(context->fp, 1);
}

static inline __attribute__((always_inline)) void cede__switch(struct cede__context *from,
                                                               const struct cede__context *to)
{
    /* `to` stays in x1 across the jump: a context that starts finds itself there. x18, which other
     * platforms keep for themselves, is a register like any other on Linux. */
    register struct cede__context *from_x0 __asm__("x0") = from;
    register const struct cede__context *to_x1 __asm__("x1") = to;

    __asm__ volatile("adr x9, 1f\n\t"
                     "mov x10, sp\n\t"
                     "stp x10, x29, [%0]\n\t"
                     "str x9, [%0, #16]\n\t"
                     "ldp x10, x29, [%1]\n\t"
                     "ldr x9, [%1, #16]\n\t"
                     "mov sp, x10\n\t"
                     "br x9\n"
                     "1:\n\t"
                     "hint #36\n\t" /* bti j, a no-op where there is no BTI */
                     : "+r"(from_x0), "+r"(to_x1)
                     :
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                       "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24",
                       "x25", "x26", "x27", "x28", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6",
                       "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17",
                       "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28",
                       "v29", "v30", "v31", "cc", "memory");
}

/* Registers: the code in w0, the value in x2; the key in none. A context that is entered for the
 * first time finds the crossing in x1. */
#define CEDE__GIVE(from, to)                                                                       \
    __asm__ volatile("adr x9, 1f\n\t"                                                              \
                     "mov x10, sp\n\t"                                                             \
                     "stp x10, x29, [%2, #" from "]\n\t"                                           \
                     "str x9, [%2, #" from " + 16]\n\t"                                            \
                     "ldp x10, x29, [%3, #" to "]\n\t"                                             \
                     "ldr x9, [%3, #" to " + 16]\n\t"                                              \
                     "mov sp, x10\n\t"                                                             \
                     "br x9\n"                                                                     \
                     "1:\n\t"                                                                      \
                     "hint #36\n\t"                                                                \
                     : "+r"(code_w0), "+r"(value_x2), "+r"(left_x3), "+r"(crossing_x1)             \
                     :                                                                             \
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",      \
                       "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24",       \
                       "x25", "x26", "x27", "x28", "x30", "v0", "v1", "v2", "v3", "v4", "v5",      \
                       "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",    \
                       "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26",       \
                       "v27", "v28", "v29", "v30", "v31", "cc", "memory")

/* What each of the functions below does. */
#define CEDE__GIVE_FROM(from_of, to_of, from, to)                                                  \
    register int code_w0 __asm__("w0") = code;                                                     \
    register struct cede__crossing *crossing_x1 __asm__("x1") = to_of;                             \
    register void *value_x2 __asm__("x2") = *value;                                                \
    register struct cede__crossing *left_x3 __asm__("x3") = from_of;                               \
                                                                                                   \
    (void)key;                                                                                     \
    CEDE__GIVE(from, to);                                                                          \
    *value = value_x2;                                                                             \
    return code_w0

static inline __attribute__((always_inline)) int cede__give_over(struct cede__crossing *left,
                                                                 struct cede__crossing *crossing,
                                                                 const void *key, int code,
                                                                 void **value)
{
    CEDE__GIVE_FROM(left, crossing, "0", "0");
}

static inline __attribute__((always_inline)) int
cede__give_in(struct cede__crossing *crossing, const void *key, int code, void **value)
{
    CEDE__GIVE_FROM(crossing, crossing, "24", "0");
}

static inline __attribute__((always_inline)) int
cede__give_out(struct cede__crossing *crossing, const void *key, int code, void **value)
{
    CEDE__GIVE_FROM(crossing, crossing, "0", "24");
}

static inline __attribute__((always_inline, noreturn)) void
cede__switch_last(const struct cede__context *to)
{
    register const struct cede__context *to_x1 __asm__("x1") = to;

    __asm__ volatile("ldp x10, x29, [%0]\n\t"
                     "ldr x9, [%0, #16]\n\t"
                     "mov sp, x10\n\t"
                     "br x9\n\t"
                     :
                     : "r"(to_x1)
                     : "memory");
    __builtin_unreachable();
}

/* The same, not to come back. */
#define CEDE__GIVE_LAST(to)                                                                        \
    register int code_w0 __asm__("w0") = code;                                                     \
    register const struct cede__crossing *crossing_x1 __asm__("x1") = crossing;                    \
    register void *value_x2 __asm__("x2") = value;                                                 \
                                                                                                   \
    (void)key;                                                                                     \
    __asm__ volatile("ldp x10, x29, [%2, #" to "]\n\t"                                             \
                     "ldr x9, [%2, #" to " + 16]\n\t"                                              \
                     "mov sp, x10\n\t"                                                             \
                     "br x9\n\t"                                                                   \
                     :                                                                             \
                     : "r"(code_w0), "r"(value_x2), "r"(crossing_x1)                               \
                     : "memory");                                                                  \
    __builtin_unreachable()

static inline __attribute__((always_inline, noreturn)) void
cede__give_last_out(const struct cede__crossing *crossing, const void *key, int code, void *value)
{
    CEDE__GIVE_LAST("24");
}

static inline __attribute__((always_inline, noreturn)) void
cede__give_last_in(const struct cede__crossing *crossing, const void *key, int code, void *value)
{
    CEDE__GIVE_LAST("0");
}

#endif
