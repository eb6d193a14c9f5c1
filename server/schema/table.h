// SPDX-License-Identifier: Apache-2.0
// The words in which the tables are written. Only the tables (models_*.c, collections.c, hooks.c, api.c) and the
// translation include this; everybody else wants schema.h.
//
//   F("CreateAt", "create_at", INT)   a field: its name in Go, its name in JSON, its type
//   STRUCT(Post)                      the struct Post of a table of fields of that name
//   MODEL(Post) LIST(Post) MAP(Post)  the struct, []Post, map[string]Post (pointers do not exist on the wire)
//   ARGS(STRING, INT) REPLY(BOOL)     the fields A, B, C … of a call; NAMED(F(…), …) where they have other names; NONE
//
// JSON names are those of the model's json tags, so those of the REST API. A field without a tag has its Go name in
// snake_case; AutocompleteData and its parts and Config keep the Go names, because REST shows them so.
// A field with an empty JSON name is embedded: its own fields stand among those of the struct around it.
#ifndef OC_SCHEMA_TABLE_H
#define OC_SCHEMA_TABLE_H

#include "wire/gob.h"

// The JSON name lies behind the Go name's NUL: no second pointer for each field.
#define F(go_name, json_name, type)                                                                          \
    { go_name "\0" json_name, type }
static inline const char *schema_json_name(const gob_field *field) {
    return field->name + strlen(field->name) + 1;
}

#define SCHEMA_COUNT(array) (sizeof(array) / sizeof(array)[0])
#define STRUCT(table)                                                                                        \
    { .kind = GOB_STRUCT, .name = #table, .fields = table, .field_count = SCHEMA_COUNT(table) }

#define BOOL (&GOB_T_BOOL)
#define INT (&GOB_T_INT)
#define UINT (&GOB_T_UINT)
#define STRING (&GOB_T_STRING)
#define BYTES (&GOB_T_BYTES)          // in JSON {"$tail":[offset,length]}
#define ANY (&GOB_T_INTERFACE)        // in JSON whatever is inside
#define JSON_TEXT (&SCHEMA_JSON_TEXT) // bytes that are JSON: a value of its own
#define URL_TEXT (&SCHEMA_URL)        // url.URL: its text
#define TIME (&SCHEMA_TIME)           // time.Time: RFC 3339
#define ERROR (&SCHEMA_ERROR)         // error: in a reply the call's, not a part of the result
#define APP_ERROR (&SCHEMA_AppError)  // likewise
#define AUTOCOMPLETE_DATA (&SCHEMA_AUTOCOMPLETE_DATA) // any, of the type that the field Type beside it names
#define HEADER (&SCHEMA_HEADER)                       // http.Header: map[string][]string
#define MODEL(name) (&SCHEMA_##name)
#define LIST(name) (&SCHEMA_LIST_##name)
#define MAP(name) (&SCHEMA_MAP_##name)

// The struct of a call's arguments or replies; ARGS(INT, BOOL) is {A int; B bool}.
#define NAMED(...)                                                                                           \
    (&(const gob_type){.kind = GOB_STRUCT,                                                                   \
                       .name = "",                                                                           \
                       .fields = (const gob_field[]){__VA_ARGS__},                                           \
                       .field_count = SCHEMA_COUNT(((const gob_field[]){__VA_ARGS__}))})
#define SCHEMA_FIELDS_1(a) NAMED(F("A", "a", a))
#define SCHEMA_FIELDS_2(a, b) NAMED(F("A", "a", a), F("B", "b", b))
#define SCHEMA_FIELDS_3(a, b, c) NAMED(F("A", "a", a), F("B", "b", b), F("C", "c", c))
#define SCHEMA_FIELDS_4(a, b, c, d) NAMED(F("A", "a", a), F("B", "b", b), F("C", "c", c), F("D", "d", d))
#define SCHEMA_PICK(a, b, c, d, macro, ...) macro
#define ARGS(...)                                                                                            \
    SCHEMA_PICK(__VA_ARGS__, SCHEMA_FIELDS_4, SCHEMA_FIELDS_3, SCHEMA_FIELDS_2, SCHEMA_FIELDS_1, 0)          \
    (__VA_ARGS__)
#define REPLY(...) ARGS(__VA_ARGS__)
#define NONE (&SCHEMA_NOTHING)

extern const gob_type SCHEMA_NOTHING, SCHEMA_JSON_TEXT, SCHEMA_URL, SCHEMA_TIME, SCHEMA_ERROR,
    SCHEMA_AUTOCOMPLETE_DATA, SCHEMA_HEADER;

// Every struct, list and map of the tables. A new one is named here once.
extern const gob_type SCHEMA_AppError, SCHEMA_AuditEventActor, SCHEMA_AuditEventData, SCHEMA_AuditEventError,
    SCHEMA_AuditRecord, SCHEMA_AutocompleteArg, SCHEMA_AutocompleteData, SCHEMA_AutocompleteDynamicListArg,
    SCHEMA_AutocompleteListItem, SCHEMA_AutocompleteStaticListArg, SCHEMA_AutocompleteTextArg, SCHEMA_Bot,
    SCHEMA_BotGetOptions, SCHEMA_BotPatch, SCHEMA_Channel, SCHEMA_ChannelBannerInfo, SCHEMA_ChannelMember,
    SCHEMA_ChannelStats, SCHEMA_ClusterSettings, SCHEMA_Command, SCHEMA_CommandArgs, SCHEMA_CommandResponse,
    SCHEMA_Config, SCHEMA_Context, SCHEMA_Dialog, SCHEMA_DialogActionButton, SCHEMA_DialogDateTimeConfig,
    SCHEMA_DialogElement, SCHEMA_Emoji, SCHEMA_ErrorString, SCHEMA_FileData, SCHEMA_FileInfo,
    SCHEMA_FileSettings, SCHEMA_HTTPRequestSubset, SCHEMA_License, SCHEMA_LocalizationSettings,
    SCHEMA_Manifest, SCHEMA_MessageAttachment, SCHEMA_MessageAttachmentField, SCHEMA_MetricsSettings,
    SCHEMA_OpenDialogRequest, SCHEMA_Permission, SCHEMA_PluginClusterEvent,
    SCHEMA_PluginClusterEventSendOptions, SCHEMA_PluginKVSetOptions, SCHEMA_PluginSettings,
    SCHEMA_PluginState, SCHEMA_Post, SCHEMA_PostAcknowledgement, SCHEMA_PostAction,
    SCHEMA_PostActionIntegration, SCHEMA_PostActionOptions, SCHEMA_PostEmbed, SCHEMA_PostImage,
    SCHEMA_PostList, SCHEMA_PostMetadata, SCHEMA_PostPriority, SCHEMA_PostSearchResults,
    SCHEMA_PostTranslation, SCHEMA_Preference, SCHEMA_PreviewPost, SCHEMA_PrivacySettings,
    SCHEMA_PushNotification, SCHEMA_Reaction, SCHEMA_Response, SCHEMA_SearchParameter,
    SCHEMA_SendToastMessageOptions, SCHEMA_ServiceSettings, SCHEMA_Session, SCHEMA_Status, SCHEMA_Team,
    SCHEMA_TeamMember, SCHEMA_TeamSettings, SCHEMA_UploadSession, SCHEMA_User, SCHEMA_UserAccessToken,
    SCHEMA_UserGetOptions, SCHEMA_UserSearch, SCHEMA_ViewUsersRestrictions, SCHEMA_WebSocketRequest,
    SCHEMA_WebsocketBroadcast;
extern const gob_type SCHEMA_LIST_ANY, SCHEMA_LIST_AutocompleteArg, SCHEMA_LIST_AutocompleteData,
    SCHEMA_LIST_AutocompleteListItem, SCHEMA_LIST_Bot, SCHEMA_LIST_Channel, SCHEMA_LIST_ChannelMember,
    SCHEMA_LIST_Command, SCHEMA_LIST_CommandResponse, SCHEMA_LIST_DialogElement, SCHEMA_LIST_Emoji,
    SCHEMA_LIST_FileData, SCHEMA_LIST_FileInfo, SCHEMA_LIST_MAP_ANY, SCHEMA_LIST_MessageAttachment,
    SCHEMA_LIST_MessageAttachmentField, SCHEMA_LIST_PostAcknowledgement, SCHEMA_LIST_PostAction,
    SCHEMA_LIST_PostActionOptions, SCHEMA_LIST_PostEmbed, SCHEMA_LIST_Preference, SCHEMA_LIST_Reaction,
    SCHEMA_LIST_STRING, SCHEMA_LIST_Status, SCHEMA_LIST_Team, SCHEMA_LIST_TeamMember, SCHEMA_LIST_User,
    SCHEMA_MAP_ANY, SCHEMA_MAP_BOOL, SCHEMA_MAP_MAP_ANY, SCHEMA_MAP_PluginState, SCHEMA_MAP_Post,
    SCHEMA_MAP_PostImage, SCHEMA_MAP_PostTranslation, SCHEMA_MAP_STRING;

#endif
