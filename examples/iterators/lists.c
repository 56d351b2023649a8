/* lists.c - list comprehensions: the names in a folder, a dictionary as texts, texts in lower case.
 *
 * The folder is one made for it, with the names that have been printed; they are sorted here, as a
 * folder has no order. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../python.h"

struct text {
    char chars[256];
};

/* [listdir] */
/* [d for d in os.listdir('.')] */
static int next_name(void *out, void *folder)
{
    const struct dirent *entry;

    do
        entry = readdir(folder);
    while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    if (!entry)
        return 0;
    snprintf(((struct text *)out)->chars, sizeof(struct text), "%s", entry->d_name);
    return 1;
}

static void print_names(const char *path)
{
    DIR *folder = opendir(path);

    if (!folder)
        check(cede_raise(-errno, "cannot open %s", path));
    print_list(cede_iter_sorted(cede_iter_call(next_name, folder, NULL, sizeof(struct text)),
                                cede_compare_string, NULL),
               print_text);
    closedir(folder);
}
/* [/listdir] */

static void print_folder(void)
{
    static const char *const names[] = {"senior_pro.py", "def.py", "list&tuple.py", "dict&set.py"};
    char path[] = "/tmp/cede-lists-XXXXXX";

    if (!mkdtemp(path))
        check(cede_raise(-errno, "cannot make a folder"));
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || mkdirat(folder, ".idea", 0700) < 0)
        check(cede_raise(-errno, "cannot fill %s", path));
    for (size_t i = 0; i < 4; i++)
        close(openat(folder, names[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    print_names(path);
    for (size_t i = 0; i < 4; i++)
        unlinkat(folder, names[i], 0);
    unlinkat(folder, ".idea", AT_REMOVEDIR);
    close(folder);
    rmdir(path);
}

/* [k + '=' + v for k, v in dict.items()] */
struct item {
    const char *key, *value;
};

static int key_and_value(void *item, void *out, void *arg)
{
    const struct item *kv = item;

    snprintf(((struct text *)out)->chars, sizeof(struct text), "%s=%s", kv->key, kv->value);
    return 0;
}

/* [lower] */
/* [x.lower() for x in L] */
static int lower(void *x, void *out, void *arg)
{
    char *to = ((struct text *)out)->chars;

    for (const char *from = x; *from; from++)
        *to++ = (char)tolower((unsigned char)*from);
    *to = '\0';
    return 0;
}
/* [/lower] */

int main(void)
{
    static const struct item dict[] = {{"x", "A"}, {"y", "B"}, {"z", "C"}};
    static const char *const L[] = {"Hello", "World", "IBM", "Apple"};

    print_folder();
    print_list(cede_iter_map(CEDE_ITER_ARRAY(dict), key_and_value, NULL, sizeof(struct text)),
               print_text);
    print_list(cede_iter_map(cede_iter_pointers(L, 4), lower, NULL, sizeof(struct text)),
               print_text);
    return 0;
}

/* Output:
 * ['.idea', 'def.py', 'dict&set.py', 'list&tuple.py', 'senior_pro.py']
 * ['x=A', 'y=B', 'z=C']
 * ['hello', 'world', 'ibm', 'apple']
 */
