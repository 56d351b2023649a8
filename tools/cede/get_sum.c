/* get_sum.c - SHA-256 sums, by OpenSSL: as they are written, and of bytes piece by piece. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "get.h"
#include "tool.h"

bool get_sum_parse(const char *text, size_t length, char *sum)
{
    static const char prefix[] = "sha256:";
    const size_t skip = sizeof prefix - 1;

    if (length != skip + 2 * (size_t)GET_SUM_SIZE || memcmp(text, prefix, skip) != 0)
        return false;
    text += skip;
    for (size_t i = 0; i < GET_SUM_SIZE; i++) {
        const int high = tool_hex(text[2 * i]), low = tool_hex(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        sum[i] = (char)(high * 16 + low);
    }
    return true;
}

void *get_sum_begin(void *digest)
{
    EVP_MD_CTX *context = digest ? digest : EVP_MD_CTX_new();

    if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1)
        return context;
    if (!digest)
        EVP_MD_CTX_free(context);
    return NULL;
}

void get_sum_add(void *digest, const void *bytes, size_t size)
{
    (void)EVP_DigestUpdate(digest, bytes, size); /* fails for no reason that this could meet */
}

void get_sum_end(void *digest, char *sum)
{
    unsigned char bytes[EVP_MAX_MD_SIZE] = {0};

    (void)EVP_DigestFinal_ex(digest, bytes, NULL); /* if it did fail, the sum is a wrong one */
    memcpy(sum, bytes, GET_SUM_SIZE);
}

void get_sum_text(const char *sum, char *text)
{
    for (size_t i = 0; i < GET_SUM_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", (unsigned char)sum[i]);
}

void get_sum_free(void *digest)
{
    EVP_MD_CTX_free(digest);
}
