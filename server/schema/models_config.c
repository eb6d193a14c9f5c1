// SPDX-License-Identifier: Apache-2.0
// The server's configuration and licence, as far as a bot asks: fields that are not listed are skipped on arrival.
// JSON names are Go's, as in the REST API. false, 0 and "" arrive as absent. Source: Go module.
#include "schema/table.h"

static const gob_field ServiceSettings[] = {
    F("SiteURL", "SiteURL", STRING),
    F("ListenAddress", "ListenAddress", STRING),
    F("EnablePostUsernameOverride", "EnablePostUsernameOverride", BOOL),
    F("EnablePostIconOverride", "EnablePostIconOverride", BOOL),
    F("EnableLinkPreviews", "EnableLinkPreviews", BOOL),
    F("EnableDeveloper", "EnableDeveloper", BOOL),
    F("EnableInsecureOutgoingConnections", "EnableInsecureOutgoingConnections", BOOL),
    F("AllowedUntrustedInternalConnections", "AllowedUntrustedInternalConnections", STRING),
    F("EnableUserAccessTokens", "EnableUserAccessTokens", BOOL),
    F("EnableCustomEmoji", "EnableCustomEmoji", BOOL),
    F("PostEditTimeLimit", "PostEditTimeLimit", INT),
    F("EnableBotAccountCreation", "EnableBotAccountCreation", BOOL),
    F("ThreadAutoFollow", "ThreadAutoFollow", BOOL),
    F("CollapsedThreads", "CollapsedThreads", STRING),
    F("MaximumPayloadSizeBytes", "MaximumPayloadSizeBytes", INT),
};
const gob_type SCHEMA_ServiceSettings = STRUCT(ServiceSettings);

static const gob_field TeamSettings[] = {
    F("SiteName", "SiteName", STRING),
    F("RestrictDirectMessage", "RestrictDirectMessage", STRING),
    F("MaxNotificationsPerChannel", "MaxNotificationsPerChannel", INT),
    F("TeammateNameDisplay", "TeammateNameDisplay", STRING),
};
const gob_type SCHEMA_TeamSettings = STRUCT(TeamSettings);

static const gob_field FileSettings[] = {
    F("EnableFileAttachments", "EnableFileAttachments", BOOL),
    F("MaxFileSize", "MaxFileSize", INT),
    F("EnablePublicLink", "EnablePublicLink", BOOL),
};
const gob_type SCHEMA_FileSettings = STRUCT(FileSettings);

static const gob_field PrivacySettings[] = {
    F("ShowEmailAddress", "ShowEmailAddress", BOOL),
    F("ShowFullName", "ShowFullName", BOOL),
};
const gob_type SCHEMA_PrivacySettings = STRUCT(PrivacySettings);

static const gob_field LocalizationSettings[] = {
    F("DefaultServerLocale", "DefaultServerLocale", STRING),
    F("DefaultClientLocale", "DefaultClientLocale", STRING),
};
const gob_type SCHEMA_LocalizationSettings = STRUCT(LocalizationSettings);

static const gob_field ClusterSettings[] = {
    F("Enable", "Enable", BOOL),
    F("ClusterName", "ClusterName", STRING),
};
const gob_type SCHEMA_ClusterSettings = STRUCT(ClusterSettings);

static const gob_field MetricsSettings[] = {
    F("Enable", "Enable", BOOL),
    F("ListenAddress", "ListenAddress", STRING),
};
const gob_type SCHEMA_MetricsSettings = STRUCT(MetricsSettings);

static const gob_field PluginState[] = {
    F("Enable", "Enable", BOOL),
};
const gob_type SCHEMA_PluginState = STRUCT(PluginState);

static const gob_field PluginSettings[] = {
    F("Enable", "Enable", BOOL),
    F("EnableUploads", "EnableUploads", BOOL),
    F("EnableHealthCheck", "EnableHealthCheck", BOOL),
    F("Directory", "Directory", STRING),
    F("Plugins", "Plugins", MAP(MAP_ANY)),
    F("PluginStates", "PluginStates", MAP(PluginState)),
    F("RequirePluginSignature", "RequirePluginSignature", BOOL),
};
const gob_type SCHEMA_PluginSettings = STRUCT(PluginSettings);

static const gob_field Config[] = {
    F("ServiceSettings", "ServiceSettings", MODEL(ServiceSettings)),
    F("TeamSettings", "TeamSettings", MODEL(TeamSettings)),
    F("FileSettings", "FileSettings", MODEL(FileSettings)),
    F("PrivacySettings", "PrivacySettings", MODEL(PrivacySettings)),
    F("LocalizationSettings", "LocalizationSettings", MODEL(LocalizationSettings)),
    F("ClusterSettings", "ClusterSettings", MODEL(ClusterSettings)),
    F("MetricsSettings", "MetricsSettings", MODEL(MetricsSettings)),
    F("PluginSettings", "PluginSettings", MODEL(PluginSettings)),
};
const gob_type SCHEMA_Config = STRUCT(Config);

static const gob_field License[] = {
    F("Id", "id", STRING),
    F("IssuedAt", "issued_at", INT),
    F("StartsAt", "starts_at", INT),
    F("ExpiresAt", "expires_at", INT),
    F("SkuName", "sku_name", STRING),
    F("SkuShortName", "sku_short_name", STRING),
    F("IsTrial", "is_trial", BOOL),
};
const gob_type SCHEMA_License = STRUCT(License);
