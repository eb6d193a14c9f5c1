// SPDX-License-Identifier: Apache-2.0
// Secrets that a configuration refers to instead of holding them: {source: store, id: NAME} is a line of the masked field
// Secrets, {source: env, id: OPENCLAW_…} a variable of the server's environment, {source: file, path: /…, id: /pointer or
// value} a small local file (path, or a provider of secrets.providers). Nothing here is logged or quoted.
#ifndef OC_CONFIG_SECRETS_H
#define OC_CONFIG_SECRETS_H

#include "base/secret.h"
#include "config/node.h"
#include "config/problems.h"

typedef struct config_secrets config_secrets;

// From the text of the field Secrets: lines "NAME: value"; empty ones and those that begin with # do not count. What is
// wrong goes to problems.
config_secrets *config_secrets_create(const char *text, config_problems *problems);
void config_secrets_destroy(config_secrets *s); // wipes; NULL-safe
// secrets.providers of a whole OpenClaw configuration; borrowed. May be NULL.
void config_secrets_set_providers(config_secrets *s, const conf_node *providers);

// External mode: the configuration is a file of the operator's own, which may hold secrets itself, and every environment
// variable may be named. false without one (NULL).
void config_secrets_set_external(config_secrets *s, bool external);
bool config_secrets_external(const config_secrets *s);

// Whether the value is a reference: a map, or a text of the form ${NAME}.
bool config_secret_is_reference(const conf_node *value);
// What is wrong with the reference's form (the caller frees it), or NULL. Looks at nothing but the form.
char *config_secret_check(const conf_node *reference);
// *out is the secret (the caller destroys it) and the answer NULL; else the answer says what is wrong (the caller
// frees it). May read a small local file.
char *config_secret_resolve(const config_secrets *s, const conf_node *reference, secret **out);

#endif
