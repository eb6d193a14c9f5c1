// SPDX-License-Identifier: Apache-2.0
// Lists, maps and the types with a meaning of their own that the model tables use.
#include "schema/table.h"

const gob_type SCHEMA_NOTHING = {.kind = GOB_STRUCT, .name = ""};
const gob_type SCHEMA_JSON_TEXT = {.kind = GOB_BYTES, .name = ""};
const gob_type SCHEMA_ERROR = {.kind = GOB_INTERFACE, .name = ""};
const gob_type SCHEMA_AUTOCOMPLETE_DATA = {.kind = GOB_INTERFACE, .name = ""};
const gob_type SCHEMA_URL = {.kind = GOB_OPAQUE, .name = "URL", .opaque_wire_field = 5};
const gob_type SCHEMA_TIME = {.kind = GOB_OPAQUE, .name = "Time", .opaque_wire_field = 4};

#define DEFINE_LIST(what, type)                                                                              \
    const gob_type SCHEMA_LIST_##what = {.kind = GOB_SLICE, .name = "", .elem = type};
#define DEFINE_MAP(what, type)                                                                               \
    const gob_type SCHEMA_MAP_##what = {.kind = GOB_MAP, .name = "", .key = &GOB_T_STRING, .elem = type};

DEFINE_LIST(ANY, ANY)
DEFINE_LIST(AutocompleteArg, MODEL(AutocompleteArg))
DEFINE_LIST(AutocompleteData, MODEL(AutocompleteData))
DEFINE_LIST(AutocompleteListItem, MODEL(AutocompleteListItem))
DEFINE_LIST(Bot, MODEL(Bot))
DEFINE_LIST(Channel, MODEL(Channel))
DEFINE_LIST(ChannelMember, MODEL(ChannelMember))
DEFINE_LIST(Command, MODEL(Command))
DEFINE_LIST(CommandResponse, MODEL(CommandResponse))
DEFINE_LIST(DialogElement, MODEL(DialogElement))
DEFINE_LIST(Emoji, MODEL(Emoji))
DEFINE_LIST(FileData, MODEL(FileData))
DEFINE_LIST(FileInfo, MODEL(FileInfo))
DEFINE_LIST(MAP_ANY, MAP(ANY))
DEFINE_LIST(MessageAttachment, MODEL(MessageAttachment))
DEFINE_LIST(MessageAttachmentField, MODEL(MessageAttachmentField))
DEFINE_LIST(PostAcknowledgement, MODEL(PostAcknowledgement))
DEFINE_LIST(PostAction, MODEL(PostAction))
DEFINE_LIST(PostActionOptions, MODEL(PostActionOptions))
DEFINE_LIST(PostEmbed, MODEL(PostEmbed))
DEFINE_LIST(Preference, MODEL(Preference))
DEFINE_LIST(Reaction, MODEL(Reaction))
DEFINE_LIST(STRING, STRING)
DEFINE_LIST(Status, MODEL(Status))
DEFINE_LIST(Team, MODEL(Team))
DEFINE_LIST(TeamMember, MODEL(TeamMember))
DEFINE_LIST(User, MODEL(User))
DEFINE_MAP(ANY, ANY)
DEFINE_MAP(BOOL, BOOL)
DEFINE_MAP(MAP_ANY, MAP(ANY))
DEFINE_MAP(PluginState, MODEL(PluginState))
DEFINE_MAP(Post, MODEL(Post))
DEFINE_MAP(PostImage, MODEL(PostImage))
DEFINE_MAP(PostTranslation, MODEL(PostTranslation))
DEFINE_MAP(STRING, STRING)

const gob_type SCHEMA_HEADER = {.kind = GOB_MAP, .name = "", .key = &GOB_T_STRING, .elem = LIST(STRING)};
