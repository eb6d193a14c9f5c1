// SPDX-License-Identifier: Apache-2.0
// What to do about a line of the log: what docs/troubleshooting.md says of it (mk/make-remedies).
#ifndef OC_ADMIN_REMEDIES_H
#define OC_ADMIN_REMEDIES_H

typedef struct remedy {
    const char *message, *anchor; // of the line; of docs/troubleshooting.md
    const char *text;             // "": the line says it itself
} remedy;

// NULL when the page says nothing of it. message: as it was logged. Static.
const remedy *remedy_of(const char *message);

#endif
