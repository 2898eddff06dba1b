/* SPDX-License-Identifier: MIT */
/* noselfconnctl config: checks noselfconn.conf(5), and names each mistake with its line. */
#include "config.h"
#include "config_file.h"
#include "ctl.h"
#include "json.h"
#include "message.h"
#include "root.h"

static void print_words(const struct config *config)
{
	const char *path = root_path(NSC_CONFIG_PATH);

	if (!config->exists)
		message_print("%s does not exist: the defaults hold.", path);
	else if (config->mistakes_count == 0)
		message_print("%s is sound. Settings in it: %zu.", path, config->settings_count);
	for (size_t i = 0; i < config->mistakes_count; i++) {
		const struct config_mistake *one = &config->mistakes[i];

		if (one->line)
			message_print("%s:%u: %s", path, one->line, one->reason);
		else
			message_print("%s: %s", path, one->reason);
	}
}

int ctl_config(const struct ctl *ctl)
{
	struct config config = {0};

	config_read(&config);
	if (ctl->json) {
		json_open(NULL, '{');
		config_json(&config);
		json_close();
	} else {
		print_words(&config);
	}
	return config.mistakes_count ? CTL_TROUBLE : CTL_OK;
}
