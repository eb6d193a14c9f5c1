// SPDX-License-Identifier: Apache-2.0
// Slash commands, their autocompletion, and dialogs, as they go over the wire. Source: plugin-rpc notes (h), Go module.
#include "schema/table.h"

static const gob_field AutocompleteTextArg[] = {
    F("Hint", "Hint", STRING),
    F("Pattern", "Pattern", STRING),
};
const gob_type SCHEMA_AutocompleteTextArg = STRUCT(AutocompleteTextArg);

static const gob_field AutocompleteListItem[] = {
    F("Item", "Item", STRING),
    F("Hint", "Hint", STRING),
    F("HelpText", "HelpText", STRING),
};
const gob_type SCHEMA_AutocompleteListItem = STRUCT(AutocompleteListItem);

static const gob_field AutocompleteStaticListArg[] = {
    F("PossibleArguments", "PossibleArguments", LIST(AutocompleteListItem)),
};
const gob_type SCHEMA_AutocompleteStaticListArg = STRUCT(AutocompleteStaticListArg);

static const gob_field AutocompleteDynamicListArg[] = {
    F("FetchURL", "FetchURL", STRING),
};
const gob_type SCHEMA_AutocompleteDynamicListArg = STRUCT(AutocompleteDynamicListArg);

static const gob_field CommandArgs[] = {
    F("UserId", "user_id", STRING),
    F("ChannelId", "channel_id", STRING),
    F("TeamId", "team_id", STRING),
    F("RootId", "root_id", STRING),
    F("ParentId", "parent_id", STRING),
    F("TriggerId", "trigger_id", STRING),
    F("ConnectionId", "connection_id", STRING),
    F("Command", "command", STRING),
    F("SiteURL", "site_url", STRING),                      // not in REST's JSON
    F("UserMentions", "user_mentions", MAP(STRING)),       // not in REST's JSON
    F("ChannelMentions", "channel_mentions", MAP(STRING)), // not in REST's JSON
};
const gob_type SCHEMA_CommandArgs = STRUCT(CommandArgs);

static const gob_field CommandResponse[] = {
    F("ResponseType", "response_type", STRING),
    F("Text", "text", STRING),
    F("Username", "username", STRING),
    F("ChannelId", "channel_id", STRING),
    F("IconURL", "icon_url", STRING),
    F("Type", "type", STRING),
    F("Props", "props", MAP(ANY)),
    F("GotoLocation", "goto_location", STRING),
    F("TriggerId", "trigger_id", STRING),
    F("SkipSlackParsing", "skip_slack_parsing", BOOL),
    F("Attachments", "attachments", LIST(MessageAttachment)),
    F("ExtraResponses", "extra_responses", LIST(CommandResponse)),
};
const gob_type SCHEMA_CommandResponse = STRUCT(CommandResponse);

static const gob_field AutocompleteArg[] = {
    F("Name", "Name", STRING),       F("HelpText", "HelpText", STRING),    F("Type", "Type", STRING),
    F("Required", "Required", BOOL), F("Data", "Data", AUTOCOMPLETE_DATA),
};
const gob_type SCHEMA_AutocompleteArg = STRUCT(AutocompleteArg);

static const gob_field AutocompleteData[] = {
    F("Trigger", "Trigger", STRING),
    F("Hint", "Hint", STRING),
    F("HelpText", "HelpText", STRING),
    F("RoleID", "RoleID", STRING),
    F("Arguments", "Arguments", LIST(AutocompleteArg)),
    F("SubCommands", "SubCommands", LIST(AutocompleteData)),
};
const gob_type SCHEMA_AutocompleteData = STRUCT(AutocompleteData);

static const gob_field Command[] = {
    F("Id", "id", STRING),
    F("Token", "token", STRING),
    F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT),
    F("CreatorId", "creator_id", STRING),
    F("TeamId", "team_id", STRING),
    F("Trigger", "trigger", STRING),
    F("Method", "method", STRING),
    F("Username", "username", STRING),
    F("IconURL", "icon_url", STRING),
    F("AutoComplete", "auto_complete", BOOL),
    F("AutoCompleteDesc", "auto_complete_desc", STRING),
    F("AutoCompleteHint", "auto_complete_hint", STRING),
    F("DisplayName", "display_name", STRING),
    F("Description", "description", STRING),
    F("URL", "url", STRING),
    F("PluginId", "plugin_id", STRING),
    F("AutocompleteData", "autocomplete_data", MODEL(AutocompleteData)),
    F("AutocompleteIconData", "autocomplete_icon_data", STRING),
};
const gob_type SCHEMA_Command = STRUCT(Command);

static const gob_field DialogDateTimeConfig[] = {
    F("MinDate", "min_date", STRING),
    F("MaxDate", "max_date", STRING),
    F("TimeInterval", "time_interval", INT),
    F("LocationTimezone", "location_timezone", STRING),
    F("ManualTimeEntry", "manual_time_entry", BOOL),
};
const gob_type SCHEMA_DialogDateTimeConfig = STRUCT(DialogDateTimeConfig);

static const gob_field DialogActionButton[] = {
    F("URL", "url", STRING),
    F("Context", "context", MAP(STRING)),
};
const gob_type SCHEMA_DialogActionButton = STRUCT(DialogActionButton);

static const gob_field DialogElement[] = {
    F("DisplayName", "display_name", STRING),
    F("Name", "name", STRING),
    F("Type", "type", STRING),
    F("SubType", "subtype", STRING),
    F("Default", "default", STRING),
    F("Placeholder", "placeholder", STRING),
    F("HelpText", "help_text", STRING),
    F("Optional", "optional", BOOL),
    F("MinLength", "min_length", INT),
    F("MaxLength", "max_length", INT),
    F("DataSource", "data_source", STRING),
    F("DataSourceURL", "data_source_url", STRING),
    F("Options", "options", LIST(PostActionOptions)),
    F("MultiSelect", "multiselect", BOOL),
    F("AllowMultiple", "allow_multiple", BOOL),
    F("Refresh", "refresh", BOOL),
    F("DateTimeConfig", "datetime_config", MODEL(DialogDateTimeConfig)),
    F("ActionButton", "action_button", MODEL(DialogActionButton)),
};
const gob_type SCHEMA_DialogElement = STRUCT(DialogElement);

static const gob_field Dialog[] = {
    F("CallbackId", "callback_id", STRING),
    F("Title", "title", STRING),
    F("IntroductionText", "introduction_text", STRING),
    F("IconURL", "icon_url", STRING),
    F("Elements", "elements", LIST(DialogElement)),
    F("SubmitLabel", "submit_label", STRING),
    F("NotifyOnCancel", "notify_on_cancel", BOOL),
    F("State", "state", STRING),
    F("SourceURL", "source_url", STRING),
};
const gob_type SCHEMA_Dialog = STRUCT(Dialog);

static const gob_field OpenDialogRequest[] = {
    F("TriggerId", "trigger_id", STRING),
    F("URL", "url", STRING),
    F("Dialog", "dialog", MODEL(Dialog)),
};
const gob_type SCHEMA_OpenDialogRequest = STRUCT(OpenDialogRequest);
