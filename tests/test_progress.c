/* Goal: what is said of how far a work is does not jump about, whatever the estimates do.
 * Method: estimates by hand and at random, and what is said one after another. */
#include "check.h"

#include "prng.h"
#include "progress.h"

TEST(an_estimate_that_falls_is_followed)
{
    progress_said said = {0};

    said = progress_smooth(&said, 0.1, 90);
    CHECK_TRUE("as it is", said.share == 0.1 && said.left == 90 && !said.more);
    said = progress_smooth(&said, 0.2, 20);
    CHECK_TRUE("at once", said.share == 0.2 && said.left == 20 && !said.more);
}

TEST(more_work_is_no_step_back)
{
    progress_said said = {0};

    said = progress_smooth(&said, 0.5, 10);
    said = progress_smooth(&said, 0.4, 12);
    CHECK_TRUE("it stands, and that is near enough", said.share == 0.5 && said.left == 10);
    CHECK_TRUE("so nothing is said of it", !said.more);
    said = progress_smooth(&said, 0.3, 40);
    CHECK_TRUE("much more: that is said", said.share == 0.5 && said.left == 10 && said.more);
    said = progress_smooth(&said, 0.75, 40);
    CHECK_TRUE("half of what was left is done", said.share == 0.75 && said.left == 5 && said.more);
    said = progress_smooth(&said, 0.75, 5);
    CHECK_TRUE("what was said was right in the end", said.left == 5 && !said.more);
}

TEST(nothing_is_over_before_it_is)
{
    progress_said said = {0};

    said = progress_smooth(&said, 0.2, 8);
    for (int i = 0; i < 100; i++)
        said = progress_smooth(&said, 1, 8);
    CHECK_TRUE("99 of 100", said.share == 0.99);
    CHECK_TRUE("and some time", said.left > 0.09 && said.more);
}

TEST(no_estimate_makes_it_jump)
{
    prng random = check_prng();

    for (int course = 0; course < 100; course++) {
        progress_said before = {0}, said;

        for (int i = 0; i < 200; i++, before = said) {
            said = progress_smooth(&before, (double)prng_below(&random, 1001) / 1000,
                                   (double)prng_between(&random, 1, 100000) / 10);
            CHECK_TRUE("the share never falls", said.share >= before.share && said.share < 1);
            CHECK_TRUE("the time left never rises", i == 0 || said.left <= before.left);
        }
    }
}
