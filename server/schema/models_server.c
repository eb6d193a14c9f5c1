// SPDX-License-Identifier: Apache-2.0
// What belongs to the server rather than to posts or people: requests, errors, events, push, audit. Source:
// plugin-rpc notes (h), Go module. HTTPRequestSubset is without Body, which never carries data; Response and
// Manifest hold what a bot asks for.
#include "schema/table.h"

static const gob_field HTTPRequestSubset[] = {
    F("Method", "method", STRING),
    F("URL", "url", URL_TEXT),
    F("Proto", "proto", STRING),
    F("ProtoMajor", "proto_major", INT),
    F("ProtoMinor", "proto_minor", INT),
    F("Header", "header", HEADER),
    F("Host", "host", STRING),
    F("RemoteAddr", "remote_addr", STRING),
    F("RequestURI", "request_uri", STRING),
};
const gob_type SCHEMA_HTTPRequestSubset = STRUCT(HTTPRequestSubset);

static const gob_field Context[] = {
    F("SessionId", "session_id", STRING),           F("ConnectionId", "connection_id", STRING),
    F("RequestId", "request_id", STRING),           F("IPAddress", "ip_address", STRING),
    F("AcceptLanguage", "accept_language", STRING), F("UserAgent", "user_agent", STRING),
};
const gob_type SCHEMA_Context = STRUCT(Context);

static const gob_field AppError[] = {
    F("Id", "id", STRING),
    F("Message", "message", STRING),
    F("DetailedError", "detailed_error", STRING),
    F("RequestId", "request_id", STRING),
    F("StatusCode", "status_code", INT),
    F("Where", "where", STRING),                    // not in REST's JSON
    F("SkipTranslation", "skip_translation", BOOL), // not in REST's JSON
};
const gob_type SCHEMA_AppError = STRUCT(AppError);

static const gob_field PluginClusterEvent[] = {
    F("Id", "id", STRING),
    F("Data", "data", BYTES),
};
const gob_type SCHEMA_PluginClusterEvent = STRUCT(PluginClusterEvent);

static const gob_field WebSocketRequest[] = {
    F("Seq", "seq", INT),          F("Action", "action", STRING),
    F("Data", "data", MAP(ANY)),   F("Session", "session", MODEL(Session)), // not in REST's JSON
    F("Locale", "locale", STRING),                                          // not in REST's JSON
};
const gob_type SCHEMA_WebSocketRequest = STRUCT(WebSocketRequest);

static const gob_field FileData[] = {
    F("Filename", "filename", STRING),
    F("Body", "body", BYTES),
};
const gob_type SCHEMA_FileData = STRUCT(FileData);

static const gob_field PluginKVSetOptions[] = {
    F("Atomic", "atomic", BOOL),
    F("OldValue", "old_value", BYTES),
    F("ExpireInSeconds", "expire_in_seconds", INT),
};
const gob_type SCHEMA_PluginKVSetOptions = STRUCT(PluginKVSetOptions);

static const gob_field WebsocketBroadcast[] = {
    F("OmitUsers", "omit_users", MAP(BOOL)),
    F("UserId", "user_id", STRING),
    F("ChannelId", "channel_id", STRING),
    F("TeamId", "team_id", STRING),
    F("ConnectionId", "connection_id", STRING),
    F("OmitConnectionId", "omit_connection_id", STRING),
    F("ContainsSanitizedData", "contains_sanitized_data", BOOL),
    F("ContainsSensitiveData", "contains_sensitive_data", BOOL),
    F("RequiredPermissions", "required_permissions", LIST(STRING)),
    F("ReliableClusterSend", "reliable_cluster_send", BOOL), // not in REST's JSON
    F("BroadcastHooks", "broadcast_hooks", LIST(STRING)),
    F("BroadcastHookArgs", "broadcast_hook_args", LIST(MAP_ANY)),
};
const gob_type SCHEMA_WebsocketBroadcast = STRUCT(WebsocketBroadcast);

static const gob_field PluginClusterEventSendOptions[] = {
    F("SendType", "send_type", STRING),
    F("TargetId", "target_id", STRING),
};
const gob_type SCHEMA_PluginClusterEventSendOptions = STRUCT(PluginClusterEventSendOptions);

static const gob_field PushNotification[] = {
    F("AckId", "ack_id", STRING),
    F("Platform", "platform", STRING),
    F("ServerId", "server_id", STRING),
    F("DeviceId", "device_id", STRING),
    F("PostId", "post_id", STRING),
    F("Category", "category", STRING),
    F("Sound", "sound", STRING),
    F("Message", "message", STRING),
    F("Badge", "badge", INT),
    F("ContentAvailable", "cont_ava", INT),
    F("TeamId", "team_id", STRING),
    F("ChannelId", "channel_id", STRING),
    F("RootId", "root_id", STRING),
    F("ChannelName", "channel_name", STRING),
    F("Type", "type", STRING),
    F("SubType", "sub_type", STRING),
    F("Transport", "transport", STRING),
    F("SenderId", "sender_id", STRING),
    F("SenderName", "sender_name", STRING),
    F("OverrideUsername", "override_username", STRING),
    F("OverrideIconURL", "override_icon_url", STRING),
    F("FromWebhook", "from_webhook", STRING),
    F("Version", "version", STRING),
    F("IsCRTEnabled", "is_crt_enabled", BOOL),
    F("IsIdLoaded", "is_id_loaded", BOOL),
    F("PostType", "post_type", STRING),       // not in REST's JSON
    F("ChannelType", "channel_type", STRING), // not in REST's JSON
    F("Signature", "signature", STRING),
};
const gob_type SCHEMA_PushNotification = STRUCT(PushNotification);

static const gob_field SendToastMessageOptions[] = {
    F("Position", "position", STRING),
};
const gob_type SCHEMA_SendToastMessageOptions = STRUCT(SendToastMessageOptions);

static const gob_field Response[] = {
    F("Status", "status", STRING),
    F("StatusCode", "status_code", INT),
    F("Proto", "proto", STRING),
    F("ProtoMajor", "proto_major", INT),
    F("ProtoMinor", "proto_minor", INT),
    F("Header", "header", HEADER),
    F("ContentLength", "content_length", INT),
};
const gob_type SCHEMA_Response = STRUCT(Response);

static const gob_field Manifest[] = {
    F("Id", "id", STRING),
    F("Name", "name", STRING),
    F("Description", "description", STRING),
    F("HomepageURL", "homepage_url", STRING),
    F("SupportURL", "support_url", STRING),
    F("ReleaseNotesURL", "release_notes_url", STRING),
    F("IconPath", "icon_path", STRING),
    F("Version", "version", STRING),
    F("MinServerVersion", "min_server_version", STRING),
    F("Props", "props", MAP(ANY)),
};
const gob_type SCHEMA_Manifest = STRUCT(Manifest);

static const gob_field AuditEventData[] = {
    F("Parameters", "parameters", MAP(ANY)),
    F("PriorState", "prior_state", MAP(ANY)),
    F("ResultState", "resulting_state", MAP(ANY)),
    F("ObjectType", "object_type", STRING),
};
const gob_type SCHEMA_AuditEventData = STRUCT(AuditEventData);

static const gob_field AuditEventActor[] = {
    F("UserId", "user_id", STRING),
    F("SessionId", "session_id", STRING),
    F("Client", "client", STRING),
    F("IpAddress", "ip_address", STRING),
    F("XForwardedFor", "x_forwarded_for", STRING),
};
const gob_type SCHEMA_AuditEventActor = STRUCT(AuditEventActor);

static const gob_field AuditEventError[] = {
    F("Description", "description", STRING),
    F("Code", "status_code", INT),
};
const gob_type SCHEMA_AuditEventError = STRUCT(AuditEventError);

static const gob_field AuditRecord[] = {
    F("EventName", "event_name", STRING),
    F("Status", "status", STRING),
    F("EventData", "event", MODEL(AuditEventData)),
    F("Actor", "actor", MODEL(AuditEventActor)),
    F("Meta", "meta", MAP(ANY)),
    F("Error", "error", MODEL(AuditEventError)),
};
const gob_type SCHEMA_AuditRecord = STRUCT(AuditRecord);

// What Go makes of an error that it does not know. Code: 1 io.EOF, 2 to 7 errors of database/sql.
static const gob_field ErrorString[] = {
    F("Code", "code", INT),
    F("Err", "err", STRING),
};
const gob_type SCHEMA_ErrorString = STRUCT(ErrorString);
