/* task_memory.c - the least a stack can hold: one page touched in each 64 KiB, and the tables that
 * map it. */
/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define STACK_SIZE (64 * 1024)

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const double before = bench_resident();
    char *stacks = (char *)mmap(NULL, (size_t)count * STACK_SIZE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    bench_check(stacks != MAP_FAILED, "mmap");
    bench_check(madvise(stacks, (size_t)count * STACK_SIZE, MADV_NOHUGEPAGE) == 0, "madvise");
    for (long i = 0; i < count; i++)
        stacks[(size_t)i * STACK_SIZE + STACK_SIZE - 1] = 1;

    bench_result("task.memory", "floor", "bytes", (bench_resident() - before) / (double)count);
    _exit(0);
}
