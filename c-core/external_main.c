// SPDX-License-Identifier: Apache-2.0
// The executable openclaw-mattermost. Its exit codes are in external_mode.h.
#include "base/log.h"
#include "base/mem.h"
#include "external_doctor.h"
#include "external_log.h"
#include "external_mode.h"
#include "words/words.h"

#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include <cJSON.h>

#define DEFAULT_CONFIG "/etc/openclaw-mattermost/config.yaml"

typedef struct options {
    const char *config, *state, *backup;
    bool check, print, json, doctor;
} options;

static int print_version(void) {
    printf("openclaw-mattermost %s (cJSON %s, libyaml %s, SQLite %s, %s, %s)\n", OPENCLAW_VERSION,
           cJSON_Version(), yaml_get_version_string(), sqlite3_libversion(), curl_version(),
           OpenSSL_version(OPENSSL_VERSION));
    return EXTERNAL_OK;
}

static int usage(FILE *to, int code) {
    fputs("Usage: openclaw-mattermost [--config FILE] [--state FILE] [--log-format text|json]\n"
          "Lets the agents of an OpenClaw gateway answer on Mattermost, with a bot's token.\n\n"
          "  --config FILE      the configuration (" DEFAULT_CONFIG ")\n"
          "  --state FILE       the database (state.db in $STATE_DIRECTORY, else in "
          "~/.local/state/openclaw-mattermost)\n"
          "  --log-format WORD  text for people, json for programs\n"
          "  --check-config     say what is wrong with the configuration, and end\n"
          "  --doctor           connect, serve nobody, say what is wrong and what to do, and end\n"
          "  --print-config     print what is in force, secrets masked, and end\n"
          "  --backup FILE      copy the database there, also while it is in use, and end\n"
          "  --version          print the versions of this program and its libraries\n"
          "  --help             print this\n\n"
          "SIGHUP reads the configuration anew, SIGTERM ends in order.\n"
          "Exit codes: 0 in order, 1 wrong use, 2 configuration, 3 database, 4 system, 5 the doctor found\n"
          "something wrong.\n",
          to);
    return code;
}

// --- where the database is ---

static char *default_state(void) {
    const char *folder = getenv("STATE_DIRECTORY"), *state_home = getenv("XDG_STATE_HOME"),
               *home = getenv("HOME");
    if (folder != NULL && *folder != '\0')
        return xasprintf("%.*s/state.db", (int)strcspn(folder, ":"), folder);
    if (state_home != NULL && *state_home == '/')
        return xasprintf("%s/openclaw-mattermost/state.db", state_home);
    return xasprintf("%s/.local/state/openclaw-mattermost/state.db", home != NULL ? home : "");
}

// The folders above it, for us alone. What cannot be made is said when the file cannot be opened.
static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            log_debug("a folder cannot be made", "folder", path, "error", strerror(errno));
        *slash = '/';
    }
}

static sqlite_store *open_state(const options *o, sqlite_store_use use) {
    char *path = o->state != NULL ? xstrdup(o->state) : default_state(), *why = NULL;
    if (o->state == NULL && use == SQLITE_STORE_OWN)
        make_folders(path);
    sqlite_store *store = sqlite_store_open(path, use, &why);
    if (store == NULL)
        log_error("the database cannot be used", "reason", why);
    free(why);
    free(path);
    return store;
}

// --- what it does ---

static int backup(const options *o) {
    char *why = NULL;
    sqlite_store *store = open_state(o, SQLITE_STORE_COPY);
    if (store == NULL)
        return EXTERNAL_STATE;
    oc_err err = sqlite_store_backup(store, o->backup, &why);
    if (err != OC_OK)
        log_error("there is no backup", "reason", why);
    free(why);
    sqlite_store_close(store);
    return err == OC_OK ? EXTERNAL_OK : EXTERNAL_STATE;
}

static int check_or_print(const options *o) {
    external_config c;
    if (!external_config_read(o->config, stderr, &c))
        return EXTERNAL_CONFIG;
    if (o->print)
        external_config_print(c.rules, stdout);
    else
        printf("%s: the configuration can be used\n", o->config);
    external_config_free(&c);
    return EXTERNAL_OK;
}

// Beside a program that runs it looks at a copy of its database.
static int examine(const options *o) {
    external_config c;
    char *path = o->state != NULL ? xstrdup(o->state) : default_state(), *why = NULL, *why_no_copy = NULL;
    char *folder = NULL;
    int code = EXTERNAL_STATE;
    if (!external_config_read(o->config, stderr, &c)) {
        free(path);
        return EXTERNAL_CONFIG;
    }
    if (o->state == NULL)
        make_folders(path);
    sqlite_store *store = sqlite_store_open(path, SQLITE_STORE_OWN, &why);
    bool running = store == NULL;
    if (running)
        store = external_doctor_copy(path, &folder, &why_no_copy);
    log_set_level(LOG_ERROR);
    if (store != NULL) {
        code = external_doctor_run(&c, store, running, o->json);
    } else {
        log_error("the database cannot be used", "reason", why);
        external_config_free(&c);
    }
    external_doctor_forget(folder);
    free(why_no_copy);
    free(why);
    free(path);
    return code;
}

// Whoever reads JSON reads nothing else.
static int serve(const options *o) {
    external_config c;
    if (!external_config_read(o->config, o->json ? NULL : stderr, &c))
        return EXTERNAL_CONFIG;
    sqlite_store *store = open_state(o, SQLITE_STORE_OWN);
    if (store == NULL) {
        external_config_free(&c);
        return EXTERNAL_STATE;
    }
    return external_mode_run(o->config, &c, store);
}

enum option_name {
    OPTION_CONFIG = 1000,
    OPTION_STATE,
    OPTION_FORMAT,
    OPTION_CHECK,
    OPTION_PRINT,
    OPTION_DOCTOR,
    OPTION_BACKUP,
    OPTION_VERSION,
    OPTION_HELP
};

static bool take(options *o, int name, const char *value) {
    switch (name) {
    case OPTION_CONFIG:
        o->config = value;
        return true;
    case OPTION_STATE:
        o->state = value;
        return true;
    case OPTION_FORMAT:
        o->json = strcmp(value, "json") == 0;
        return o->json || strcmp(value, "text") == 0;
    case OPTION_CHECK:
        o->check = true;
        return true;
    case OPTION_PRINT:
        o->print = true;
        return true;
    case OPTION_DOCTOR:
        o->doctor = true;
        return true;
    case OPTION_BACKUP:
        o->backup = value;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv) {
    static const struct option known[] = {
        {"config", required_argument, NULL, OPTION_CONFIG},
        {"state", required_argument, NULL, OPTION_STATE},
        {"log-format", required_argument, NULL, OPTION_FORMAT},
        {"check-config", no_argument, NULL, OPTION_CHECK},
        {"print-config", no_argument, NULL, OPTION_PRINT},
        {"doctor", no_argument, NULL, OPTION_DOCTOR},
        {"backup", required_argument, NULL, OPTION_BACKUP},
        {"version", no_argument, NULL, OPTION_VERSION},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    options o = {.config = DEFAULT_CONFIG};
    for (int name = getopt_long(argc, argv, "", known, NULL); name != -1;
         name = getopt_long(argc, argv, "", known, NULL)) {
        if (name == OPTION_VERSION)
            return print_version();
        if (name == OPTION_HELP)
            return usage(stdout, EXTERNAL_OK);
        if (!take(&o, name, optarg))
            return usage(stderr, EXTERNAL_USAGE);
    }
    if (optind != argc)
        return usage(stderr, EXTERNAL_USAGE);
    words_name_settings_by_keys(true);
    external_log_to(o.json ? EXTERNAL_LOG_JSON : EXTERNAL_LOG_TEXT);
    if (o.backup != NULL)
        return backup(&o);
    if (o.doctor)
        return examine(&o);
    return o.check || o.print ? check_or_print(&o) : serve(&o);
}
