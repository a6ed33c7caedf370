/* main.c - apart from the rest, so that a program with a main of its own can
 * still use the checks. */
#include "check.h"

int main(int count, char **arguments)
{
    return check_run(count, arguments);
}
