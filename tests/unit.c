/* SPDX-License-Identifier: MIT */
/* Runs the unit tests of the core: everything but the doors, with the outside world replaced where it matters. */
#include "unit.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_address());

	srunner_add_suite(runner, suite_line());
	/* Automake's driver reads TAP from standard output; Check's own summary would be in its way. */
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	srunner_free(runner);
	return 0;
}
