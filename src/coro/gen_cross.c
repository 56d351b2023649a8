/* gen_cross.c - where cede/gen_cross.h jumps: an item's way, in assembler.
 *
 * The text is that of gen_cross.h; what it does not do itself is done by a call.
 *
 * These are part of the interface of the library: their registers are told in cede/gen_cross.h.
 * Where the switch is not that of switch_x86_64.h, or a sanitizer has to hear of it, they only
 * call.
 */
/* SPDX-License-Identifier: MIT */
#define CEDE__GEN_FUNCTIONS
#include "coro/gen.h"
#include "coro/gen_cross.h"

#if defined(__x86_64__) && !defined(__ILP32__)

/* The rest of the function calls another one, which keeps to the rules, with the generator in rbx;
 * away from what the caller has beyond its stack pointer. */
#define CALL(function)                                                                             \
    "9:\n\t"                                                                                       \
    "movq %%rsp, %%r13\n\t"                                                                        \
    ".cfi_def_cfa r13, 0\n\t"                                                                      \
    "movq %%rcx, %%r12\n\t"                                                                        \
    ".cfi_register rip, r12\n\t"                                                                   \
    "subq $144, %%rsp\n\t"                                                                         \
    "andq $-16, %%rsp\n\t"                                                                         \
    "movq %%rbx, %%rdi\n\t"                                                                        \
    "movq %%rdx, %%rsi\n\t"                                                                        \
    "movq %%rsp, %%rdx\n\t"                                                                        \
    "call " function "\n\t"                                                                        \
    "movq (%%rsp), %%rdx\n\t"                                                                      \
    "movq %%r13, %%rsp\n\t"                                                                        \
    "jmpq *%%r12\n\t"

#define BEGIN                                                                                      \
    ".cfi_def_cfa rsp, 0\n\t"                                                                      \
    ".cfi_register rip, rcx\n\t"

CEDE_API void cede__gen_jump_in(void);
CEDE_API void cede__gen_jump_out(void);

#if !defined(CEDE__GEN_FAST)
#define CEDE__GEN_FAST_IN
#define CEDE__GEN_FAST_OUT
#define CEDE__GEN_OFFSETS
#endif

__attribute__((naked)) void cede__gen_jump_in(void)
{
    __asm__ volatile(BEGIN CEDE__GEN_FAST_IN CALL("cede_send@PLT") : : CEDE__GEN_OFFSETS);
}

__attribute__((naked)) void cede__gen_jump_out(void)
{
    __asm__ volatile(BEGIN CEDE__GEN_FAST_OUT CALL("cede_yield@PLT") : : CEDE__GEN_OFFSETS);
}

#endif
