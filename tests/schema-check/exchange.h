// SPDX-License-Identifier: Apache-2.0
// Values exchanged with Go, as JSON lines:
//   {"side":"api","call":"GetUser","part":"args","gob":HEX,"json":VALUE,"tail":HEX}
// part is args, reply or error (a reply that carries one; json is then the JSON-RPC error).
#ifndef OC_SCHEMA_CHECK_EXCHANGE_H
#define OC_SCHEMA_CHECK_EXCHANGE_H

// Prints each call's arguments and replies with every field set, as our encoder and our translation make them.
int exchange_print_values(void);
// Reads lines "SIDE CALL PART HEX" whose gob Go made and prints what our decoder and translation make of them.
int exchange_translate(void);

#endif
