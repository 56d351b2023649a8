/* inplace.c - rewriting a file in place, in another folder, with standard output sent elsewhere. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cede.h>

/* [inplace] */
/* Double the second column of a table. What is no number keeps the file as it was. */
static int double_prices(const char *path)
{
    cede_inplace table;
    char name[32];
    char price[32];
    int rc = 0;

    cede_inplace_init(&table, path, "~");
    CEDE_WITH(&table.context, rc) {
        while (fscanf(table.in, "%31[^,],%31s ", name, price) == 2) {
            char *end;
            const long n = strtol(price, &end, 10);
            if (*end) {
                rc = cede_raise(-EINVAL, "'%s' is no price", price);
                break;
            }
            fprintf(table.out, "%s,%ld\n", name, 2 * n);
        }
    }
    return rc;
}
/* [/inplace] */

static int put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return cede_raise(-errno, "cannot make '%s'", path);
    fputs(text, file);
    return fclose(file) == 0 ? 0 : cede_raise(-errno, "cannot write '%s'", path);
}

static int show(const char *path)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return cede_raise(-errno, "cannot open '%s'", path);
    printf("%s:", path);
    for (int c; (c = getc(file)) != EOF;)
        putchar(c == '\n' ? ' ' : c);
    puts("");
    return fclose(file) == 0 ? 0 : cede_raise(-errno, "cannot read '%s'", path);
}

static int rewrite_prices(void)
{
    CEDE_TRY(put("prices", "tea,3\ncake,12\n"));
    CEDE_TRY(double_prices("prices"));
    CEDE_TRY(show("prices"));
    CEDE_TRY(show("prices~"));
    CEDE_TRY(put("prices", "tea,3\ncake,free\n"));
    if (double_prices("prices") == -EINVAL)
        printf("%s\n", cede_error_message(cede_error_last()));
    CEDE_TRY(show("prices"));
    return remove("prices") + remove("prices~");
}

/* [redirect] */
static int show_in_capitals(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    cede_redirect redirect;
    int rc = 0;

    if (!memory)
        return cede_raise(-ENOMEM, "no memory for what is printed");
    cede_redirect_init(&redirect, STDOUT_FILENO, memory);
    CEDE_WITH(&redirect.context, rc) {
        puts("who shouts?");
    }
    fclose(memory);
    for (char *c = text; *c; c++)
        putchar(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    free(text);
    return rc;
}
/* [/redirect] */

int main(void)
{
    char folder[] = "/tmp/cede-example-XXXXXX";
    cede_chdir there;
    int rc = 0;

    if (!mkdtemp(folder))
        return 1;
    cede_chdir_init(&there, folder);
    CEDE_WITH(&there.context, rc) {
        rc = rewrite_prices();
    }
    if (rmdir(folder) < 0 || rc < 0 || show_in_capitals() < 0) {
        cede_error_print(cede_error_last(), stderr);
        return 1;
    }
    return 0;
}

/* Output:
 * prices:tea,6 cake,24
 * prices~:tea,3 cake,12
 * 'free' is no price
 * prices:tea,3 cake,free
 * WHO SHOUTS?
 */
