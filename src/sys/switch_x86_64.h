/* switch_x86_64.h - the switch for x86-64, System V. See switch.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_X86_64_H
#define CEDE_SYS_SWITCH_X86_64_H

struct cede__context {
    void *sp; /* stack pointer */
    void *fp; /* frame pointer */
    void *pc; /* where to go on */
};

/* What cede__switch_call keeps beside a context: so many words, the last one its `out`. */
enum { CEDE__CONTEXT_KEPT = 6 };

/* A processor foretells where a function returns by the order of the calls, and is wrong after
 * every switch: the call it remembers is that of the other task. A function with this mark returns
 * by a jump instead, which is foretold by what happened here before. For functions that always
 * switch, and of those the hot ones; the thunk is in switch_start.c. */
#if defined(__has_attribute)
#if __has_attribute(function_return) && !defined(__CET__)
#define CEDE__RETURNS_AFTER_SWITCH __attribute__((noinline, function_return("thunk-extern")))
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

/* The same, handing a code and *value over, for those that were left in one of these. It keeps one
 * register as well, the first of the words beside the context: what a loop asks for items finds its
 * generator there, rather than in its frame, whose place has to be read back first. A context is
 * mostly left where it was left before, and a comparison takes less than a store. */
static inline __attribute__((always_inline)) int cede__switch_give(struct cede__context *from,
                                                                   const struct cede__context *to,
                                                                   int code, void **value)
{
    void *given = *value;

    __asm__ volatile("leaq 1f(%%rip), %%rcx\n\t"
                     "movq %%rsp, 0(%2)\n\t"
                     "movq %%rbp, 8(%2)\n\t"
                     "cmpq %%rcx, 16(%2)\n\t"
                     "je 2f\n\t"
                     "movq %%rcx, 16(%2)\n"
                     "2:\n\t"
                     "movq %%rbx, 48(%2)\n\t"
                     "movq 0(%3), %%rsp\n\t"
                     "movq 8(%3), %%rbp\n\t"
                     "jmpq *16(%3)\n"
                     "1:\n\t"
                     "movq 48(%%rdi), %%rbx\n\t"
                     : "+a"(code), "+d"(given), "+S"(from), "+D"(to)
                     :
                     : "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1",
                       "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc",
                       "memory" CEDE__CLOBBER_AVX512);
    *value = given;
    return code;
}

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

static inline __attribute__((always_inline, noreturn)) void
cede__switch_give_last(const struct cede__context *to, int code, void *value)
{
    __asm__ volatile("movq 0(%0), %%rsp\n\t"
                     "movq 8(%0), %%rbp\n\t"
                     "jmpq *16(%0)\n\t"
                     :
                     : "D"(to), "a"(code), "d"(value)
                     : "memory");
    __builtin_unreachable();
}

#endif
