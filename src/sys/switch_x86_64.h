/* switch_x86_64.h - the switch for x86-64, System V. See switch.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_X86_64_H
#define CEDE_SYS_SWITCH_X86_64_H

struct cede__context {
    void *sp; /* stack pointer */
    void *fp; /* frame pointer */
    void *pc; /* where to go on */
};

struct cede__crossing {
    struct cede__context in;  /* at 0 */
    struct cede__context out; /* at 24 */
};

/* A processor foretells where a function returns by the order of the calls, and is wrong after
 * every switch: the call it remembers is that of the other task. A function with this mark returns
 * by a jump instead, which is foretold by what happened here before. For functions that always
 * switch, and of those the hot ones; the thunk is in switch_start.c. */
#if defined(__has_attribute)
#if __has_attribute(function_return) && !defined(__CET__)
#define CEDE__RETURNS_AFTER_SWITCH __attribute__((noinline, function_return("thunk-extern")))
#define CEDE__FORETELLS_RETURN     1
#endif
#endif

#ifdef __AVX512F__
#define CEDE__CLOBBER_AVX512                                                                       \
    , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",    \
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",  \
        "k7"
#else
#define CEDE__CLOBBER_AVX512
#endif

/* Fetch both ends of the frame that a parked context goes on in. */
static inline __attribute__((always_inline)) void
cede__context_prefetch(const struct cede__context *context)
{
    __builtin_prefetch(context->sp, 1);
    __builtin_prefetch(context->fp, 1);
}

/* `to` stays in rdi across the jump, where an entry's argument belongs: a context that starts is
 * called with itself. */
#define CEDE__SWITCH(keep_sp)                                                                      \
    __asm__ volatile("leaq 1f(%%rip), %%rax\n\t" keep_sp "movq %%rbp, 8(%0)\n\t"                   \
                     "movq %%rax, 16(%0)\n\t"                                                      \
                     "movq 0(%1), %%rsp\n\t"                                                       \
                     "movq 8(%1), %%rbp\n\t"                                                       \
                     "jmpq *16(%1)\n"                                                              \
                     "1:\n\t"                                                                      \
                     : "+S"(from), "+D"(to)                                                        \
                     :                                                                             \
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14",  \
                       "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",      \
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", \
                       "memory" CEDE__CLOBBER_AVX512)

static inline __attribute__((always_inline)) void cede__switch(struct cede__context *from,
                                                               const struct cede__context *to)
{
    CEDE__SWITCH("movq %%rsp, 0(%0)\n\t");
}

/* The same, for one that parks in a loop, where it was parked before: the stack pointer is what it
 * was, and reading is cheaper than writing what the switch back reads so soon. */
#define CEDE__HAVE_SWITCH_AGAIN 1
static inline __attribute__((always_inline)) void cede__switch_again(struct cede__context *from,
                                                                     const struct cede__context *to)
{
    CEDE__SWITCH("cmpq %%rsp, 0(%0)\n\t"
                 "je 2f\n\t"
                 "movq %%rsp, 0(%0)\n"
                 "2:\n\t");
}

/* Registers: the code in eax, the value in rdx, the key in rbx. A context that is entered for the
 * first time finds the crossing in rdi. */
#define CEDE__GIVE(from, to)                                                                       \
    __asm__ volatile("leaq 1f(%%rip), %%rcx\n\t"                                                   \
                     "movq %%rsp, " from "(%2)\n\t"                                                \
                     "movq %%rbp, " from "+8(%2)\n\t"                                              \
                     "movq %%rcx, " from "+16(%2)\n\t"                                             \
                     "movq " to "(%3), %%rsp\n\t"                                                  \
                     "movq " to "+8(%3), %%rbp\n\t"                                                \
                     "jmpq *" to "+16(%3)\n"                                                       \
                     "1:\n\t"                                                                      \
                     : "+a"(code), "+d"(given), "+S"(left), "+D"(crossing), "+b"(key)              \
                     :                                                                             \
                     : "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",        \
                       "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",     \
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc",                 \
                       "memory" CEDE__CLOBBER_AVX512)

static inline __attribute__((always_inline)) int
cede__give_in(struct cede__crossing *crossing, const void *key, int code, void **value)
{
    struct cede__crossing *left = crossing;
    void *given = *value;

    CEDE__GIVE("24", "0");
    *value = given;
    return code;
}

static inline __attribute__((always_inline)) int
cede__give_out(struct cede__crossing *crossing, const void *key, int code, void **value)
{
    struct cede__crossing *left = crossing;
    void *given = *value;

    CEDE__GIVE("0", "24");
    *value = given;
    return code;
}

static inline __attribute__((always_inline)) int cede__give_over(struct cede__crossing *left,
                                                                 struct cede__crossing *crossing,
                                                                 const void *key, int code,
                                                                 void **value)
{
    void *given = *value;

    CEDE__GIVE("0", "0");
    *value = given;
    return code;
}

#define CEDE__HAVE_CONTEXT_RUN 1
static inline __attribute__((always_inline, noreturn)) void
cede__context_run(void *stack_top, int (*fn)(void *arg), void *arg, void (*then)(int code))
{
    __asm__ volatile("movq %0, %%rsp\n\t"
                     "jmp cede__context_call\n\t"
                     :
                     : "r"((void **)stack_top - 1), "a"(fn), "D"(arg), "d"(then)
                     : "memory");
    __builtin_unreachable();
}

#ifdef CEDE__FORETELLS_RETURN
static inline __attribute__((always_inline)) void cede__context_foretell(void)
{
    /* The very call that began it, but to the next line, where nothing of it stays. */
    __asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
                     "jmp cede__context_recall\n"
                     "1:\n\t"
                     "leaq 8(%%rsp), %%rsp\n\t"
                     :
                     :
                     : "rax", "memory");
}
#endif

static inline __attribute__((always_inline, noreturn)) void
cede__switch_last(const struct cede__context *to)
{
    __asm__ volatile("movq 0(%0), %%rsp\n\t"
                     "movq 8(%0), %%rbp\n\t"
                     "jmpq *16(%0)\n\t"
                     :
                     : "D"(to)
                     : "memory");
    __builtin_unreachable();
}

#define CEDE__GIVE_LAST(to)                                                                        \
    __asm__ volatile("movq " to "(%0), %%rsp\n\t"                                                  \
                     "movq " to "+8(%0), %%rbp\n\t"                                                \
                     "jmpq *" to "+16(%0)\n\t"                                                     \
                     :                                                                             \
                     : "D"(crossing), "a"(code), "d"(value), "b"(key)                              \
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
