/* replay.c - gives a fuzz target the files of its corpus, one after the other, without a fuzzer.
 *
 *     fuzz_NOUN_replay FILE...
 *
 * Each file is given in memory of just its size, so that a sanitizer sees a byte too far. A target
 * that finds something wrong ends the process.
 */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long size = -1;

    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0)
        data = malloc((size_t)size);
    if (!data && size != 0) {
        perror(path);
        return 1;
    }
    rewind(file);
    if (fread(data, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        return 1;
    }
    fclose(file);
    printf("%s\n", path);
    fflush(stdout); /* the last one named is the one that failed */
    (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int rc = argc < 2; /* a corpus without a file replays nothing */

    for (int i = 1; i < argc; i++)
        rc |= replay(argv[i]);
    return rc;
}
