/* gen_cross.h - an item's way from one side to the other, in assembler, for x86-64. Floor 2.
 *
 * What cede__gen_send and cede__gen_yield do, for a generator that is suspended, or the one that
 * runs, with nothing to look at; all else goes to 9, which is for who includes it to write. Where
 * the body goes on is mostly where it went on before: that is compared and not stored, as the jump
 * back would wait for the store.
 *
 * The registers are those of cede/gen_cross.h.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_GEN_CROSS_H
#define CEDE_CORO_GEN_CROSS_H

#include "coro/gen.h"

#if defined(__x86_64__) && !defined(__ILP32__) && !defined(CEDE__SWITCH_UCONTEXT) &&               \
    !defined(CEDE__ASAN) && !defined(CEDE__TSAN)
#define CEDE__GEN_FAST             1

#define CEDE__GEN_AT(name, member) [name] "i"(offsetof(struct cede_gen, member))
#define CEDE__GEN_OFFSETS                                                                          \
    CEDE__GEN_AT(leaf, leaf), CEDE__GEN_AT(mode, mode), CEDE__GEN_AT(error, caller.error),         \
        CEDE__GEN_AT(home, caller.home), CEDE__GEN_AT(in_sp, crossing.in.sp),                      \
        CEDE__GEN_AT(in_fp, crossing.in.fp), CEDE__GEN_AT(in_pc, crossing.in.pc),                  \
        CEDE__GEN_AT(out_sp, crossing.out.sp), CEDE__GEN_AT(out_fp, crossing.out.fp),              \
        CEDE__GEN_AT(out_pc, crossing.out.pc), [parked] "i"(CEDE__GEN_PARKED)

/* cede__error_here, which is of the thread. In a program, as opposed to a library, its place is
 * known when it is linked. */
#if defined(CEDE_INLINE) && (!defined(__PIC__) || defined(__PIE__))
#define CEDE__GEN_FIND_HERE
#define CEDE__GEN_HERE "%%fs:cede__error_here@tpoff"
#else
#define CEDE__GEN_FIND_HERE "movq cede__error_here@gottpoff(%%rip), %%rax\n\t"
#define CEDE__GEN_HERE      "%%fs:(%%rax)"
#endif

#define CEDE__GEN_FAST_IN                                                                          \
    "cmpq %c[leaf](%%rbx), %%rbx\n\t"                                                              \
    "jne 8f\n"                                                                                     \
    "7:\n\t" CEDE__GEN_FIND_HERE "movq " CEDE__GEN_HERE ", %%rsi\n\t"                              \
    "cmpq %%rsi, %c[error](%%rbx)\n\t"                                                             \
    "jne 6f\n\t"                                                                                   \
    "cmpb $%c[parked], %c[mode](%%rbx)\n\t"                                                        \
    "jne 6f\n\t"                                                                                   \
    "movb $0, %c[mode](%%rbx)\n\t"                                                                 \
    "movq %%rbx, " CEDE__GEN_HERE "\n\t"                                                           \
    "movq %%rsp, %c[out_sp](%%rbx)\n\t"                                                            \
    "movq %%rbp, %c[out_fp](%%rbx)\n\t"                                                            \
    "movq %%rcx, %c[out_pc](%%rbx)\n\t"                                                            \
    "xorl %%eax, %%eax\n\t"                                                                        \
    "movq %c[in_sp](%%rbx), %%rsp\n\t"                                                             \
    "movq %c[in_fp](%%rbx), %%rbp\n\t"                                                             \
    "jmpq *%c[in_pc](%%rbx)\n"                                                                     \
    "8:\n\t"                                                                                       \
    "movq %c[leaf](%%rbx), %%rax\n\t"                                                              \
    "testq %%rax, %%rax\n\t"                                                                       \
    "je 9f\n\t"                                                                                    \
    "movq %%rax, %%rbx\n\t"                                                                        \
    "jmp 7b\n"                                                                                     \
    "6:\n\t"                                                                                       \
    "movq %c[home](%%rbx), %%rbx\n"

#define CEDE__GEN_FAST_OUT                                                                         \
    CEDE__GEN_FIND_HERE "cmpq %%rbx, " CEDE__GEN_HERE "\n\t"                                       \
                        "jne 9f\n\t"                                                               \
                        "cmpb $0, %c[mode](%%rbx)\n\t"                                             \
                        "jne 9f\n\t"                                                               \
                        "movq %c[error](%%rbx), %%rsi\n\t"                                         \
                        "movq %%rsi, " CEDE__GEN_HERE "\n\t"                                       \
                        "movb $%c[parked], %c[mode](%%rbx)\n\t"                                    \
                        "movq %%rsp, %c[in_sp](%%rbx)\n\t"                                         \
                        "movq %%rbp, %c[in_fp](%%rbx)\n\t"                                         \
                        "cmpq %%rcx, %c[in_pc](%%rbx)\n\t"                                         \
                        "jne 3f\n"                                                                 \
                        "4:\n\t"                                                                   \
                        "movl $1, %%eax\n\t"                                                       \
                        "movq %c[out_sp](%%rbx), %%rsp\n\t"                                        \
                        "movq %c[out_fp](%%rbx), %%rbp\n\t"                                        \
                        "cmpq %%rbx, %c[home](%%rbx)\n\t"                                          \
                        "jne 5f\n\t"                                                               \
                        "jmpq *%c[out_pc](%%rbx)\n"                                                \
                        "5:\n\t"                                                                   \
                        "movq %c[out_pc](%%rbx), %%rcx\n\t"                                        \
                        "movq %c[home](%%rbx), %%rbx\n\t"                                          \
                        "jmpq *%%rcx\n"                                                            \
                        "3:\n\t"                                                                   \
                        "movq %%rcx, %c[in_pc](%%rbx)\n\t"                                         \
                        "jmp 4b\n"

#endif

#endif
