/* grouper_client.c - averager and grouper with a client that prints the dictionary alone. */
/* SPDX-License-Identifier: MIT */
#include "coroutines.h"

int main(void)
{
    double boys_2[] = {39.0, 40.8, 43.2, 40.8, 43.1, 38.6, 41.4, 40.6, 36.3};
    double boys_1[] = {1.38, 1.5, 1.32, 1.25, 1.37, 1.48, 1.25, 1.49, 1.46};
    struct {
        const char *key;
        double *values;
    } process_data[] = {{"boys_2", boys_2}, {"boys_1", boys_1}};
    struct result storages[2];

    for (size_t k = 0; k < 2; k++) {
        cede_gen *coroutine = check_made(cede_gen_create(grouper, &storages[k]));

        check(cede_next(coroutine, NULL)); /* up to the averager's yield */
        for (size_t i = 0; i < 9; i++)
            check(cede_send(coroutine, &process_data[k].values[i], NULL));
        check(cede_send(coroutine, NULL, NULL)); /* ends the averager */
        cede_gen_destroy(coroutine);
    }
    for (size_t k = 0; k < 2; k++) {
        printf("%s'%s': ", k == 0 ? "{" : ", ", process_data[k].key);
        print_result("Res", &storages[k]);
    }
    printf("}\n");
    return 0;
}

/* Output:
 * {'boys_2': Res(count=9, average=40.422222222222224), 'boys_1': Res(count=9, \
 * average=1.3888888888888888)}
 */
