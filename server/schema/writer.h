// SPDX-License-Identifier: Apache-2.0
// Types of the calls that have bare arguments instead of a struct with fields: the HTTP response writer, go-plugin's own
// services, and Implemented. Source: plugin-rpc notes (c) and (f) ServeHTTP.
//
//   method                arguments      reply
//   Plugin.Header         NOTHING        HEADER           headers that the host has set so far
//   Plugin.SyncHeader     HEADER         NOTHING          replaces the header map
//   Plugin.WriteHeader    GOB_T_INT      NOTHING          status 100 to 999, once
//   Plugin.Write          GOB_T_BYTES    (any)
//   Plugin.Flush          NOTHING        NOTHING          since the 11.6 line; older hosts: "can't find method"
//   Plugin.Implemented    NOTHING        LIST_STRING      names of hooks
//   Dispenser.Dispense    GOB_T_STRING   GOB_T_UINT       broker id
//   Control.Ping, .Quit   GOB_T_BOOL     NOTHING
//
// Headers come from JSON ({"Content-Type":["text/html"]}) by schema_value_from_json(&SCHEMA_HEADER, …); the request and
// context of ServeHTTP become JSON by schema_value_to_json with the types below.
#ifndef OC_SCHEMA_WRITER_H
#define OC_SCHEMA_WRITER_H

#include "wire/gob.h"

extern const gob_type SCHEMA_NOTHING;           // a struct without fields
extern const gob_type SCHEMA_HEADER;            // map[string][]string
extern const gob_type SCHEMA_LIST_STRING;       // []string
extern const gob_type SCHEMA_HTTPRequestSubset; // ServeHTTP's Request
extern const gob_type SCHEMA_Context;           // ServeHTTP's Context
extern const gob_type SCHEMA_CommandResponse;   // ExecuteCommand's answer

#endif
