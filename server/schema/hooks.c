// SPDX-License-Identifier: Apache-2.0
// The hooks that the server may call, as the wire has them. Source: plugin-rpc notes (f).
#include "schema/schema.h"
#include "schema/table.h"

static const schema_call HOOKS[] = {
    {"OnActivate", NAMED(F("APIMuxId", "api_mux_id", UINT), F("DriverMuxId", "driver_mux_id", UINT)),
     REPLY(ERROR)},
    {"OnDeactivate", NONE, REPLY(ERROR)},
    {"ServeHTTP",
     NAMED(F("ResponseWriterStream", "response_writer_stream", UINT),
           F("Request", "request", MODEL(HTTPRequestSubset)), F("Context", "context", MODEL(Context)),
           F("RequestBodyStream", "request_body_stream", UINT)),
     NONE},
    {"OnConfigurationChange", NONE, REPLY(ERROR)},
    {"ExecuteCommand", ARGS(MODEL(Context), MODEL(CommandArgs)), REPLY(MODEL(CommandResponse), APP_ERROR)},
    {"MessageWillBePosted", ARGS(MODEL(Context), MODEL(Post)), REPLY(MODEL(Post), STRING)},
    {"MessageHasBeenPosted", ARGS(MODEL(Context), MODEL(Post)), NONE},
    {"MessageHasBeenUpdated", ARGS(MODEL(Context), MODEL(Post), MODEL(Post)), NONE},
    {"UserHasJoinedChannel", ARGS(MODEL(Context), MODEL(ChannelMember), MODEL(User)), NONE},
    {"UserHasLeftChannel", ARGS(MODEL(Context), MODEL(ChannelMember), MODEL(User)), NONE},
    {"UserHasJoinedTeam", ARGS(MODEL(Context), MODEL(TeamMember), MODEL(User)), NONE},
    {"UserHasLeftTeam", ARGS(MODEL(Context), MODEL(TeamMember), MODEL(User)), NONE},
    {"ChannelHasBeenCreated", ARGS(MODEL(Context), MODEL(Channel)), NONE},
    {"FileWillBeUploaded",
     NAMED(F("A", "a", MODEL(Context)), F("B", "b", MODEL(FileInfo)),
           F("UploadedFileStream", "uploaded_file_stream", UINT),
           F("ReplacementFileStream", "replacement_file_stream", UINT)),
     REPLY(MODEL(FileInfo), STRING)},
    {"ReactionHasBeenAdded", ARGS(MODEL(Context), MODEL(Reaction)), NONE},
    {"ReactionHasBeenRemoved", ARGS(MODEL(Context), MODEL(Reaction)), NONE},
    {"OnPluginClusterEvent", ARGS(MODEL(Context), MODEL(PluginClusterEvent)), NONE},
    {"WebSocketMessageHasBeenPosted", ARGS(STRING, STRING, MODEL(WebSocketRequest)), NONE},
    {"MessageHasBeenDeleted", ARGS(MODEL(Context), MODEL(Post)), NONE},
    {"ServeMetrics",
     NAMED(F("ResponseWriterStream", "response_writer_stream", UINT),
           F("Request", "request", MODEL(HTTPRequestSubset)), F("Context", "context", MODEL(Context)),
           F("RequestBodyStream", "request_body_stream", UINT)),
     NONE},
    {"GenerateSupportData", ARGS(MODEL(Context)), REPLY(LIST(FileData), ERROR)},
};

const schema_call *schema_hook_at(size_t index) {
    return index < SCHEMA_COUNT(HOOKS) ? &HOOKS[index] : NULL;
}

const schema_call *schema_hook(const char *name) {
    for (size_t i = 0; i < SCHEMA_COUNT(HOOKS); i++)
        if (strcmp(HOOKS[i].name, name) == 0)
            return &HOOKS[i];
    return NULL;
}
