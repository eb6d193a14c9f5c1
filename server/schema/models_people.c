// SPDX-License-Identifier: Apache-2.0
// Users, bots, channels and teams, as they go over the wire. Source: plugin-rpc notes (h), Go module.
#include "schema/table.h"

static const gob_field User[] = {
    F("Id", "id", STRING),
    F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT),
    F("Username", "username", STRING),
    F("Password", "password", STRING),
    F("AuthData", "auth_data", STRING),
    F("AuthService", "auth_service", STRING),
    F("Email", "email", STRING),
    F("EmailVerified", "email_verified", BOOL),
    F("Nickname", "nickname", STRING),
    F("FirstName", "first_name", STRING),
    F("LastName", "last_name", STRING),
    F("Position", "position", STRING),
    F("Roles", "roles", STRING),
    F("AllowMarketing", "allow_marketing", BOOL),
    F("Props", "props", MAP(STRING)),
    F("NotifyProps", "notify_props", MAP(STRING)),
    F("LastPasswordUpdate", "last_password_update", INT),
    F("LastPictureUpdate", "last_picture_update", INT),
    F("FailedAttempts", "failed_attempts", INT),
    F("Locale", "locale", STRING),
    F("Timezone", "timezone", MAP(STRING)),
    F("MfaActive", "mfa_active", BOOL),
    F("MfaSecret", "mfa_secret", STRING),
    F("RemoteId", "remote_id", STRING),
    F("LastActivityAt", "last_activity_at", INT),
    F("IsBot", "is_bot", BOOL),
    F("BotDescription", "bot_description", STRING),
    F("BotLastIconUpdate", "bot_last_icon_update", INT),
    F("TermsOfServiceId", "terms_of_service_id", STRING),
    F("TermsOfServiceCreateAt", "terms_of_service_create_at", INT),
    F("DisableWelcomeEmail", "disable_welcome_email", BOOL),
    F("LastLogin", "last_login", INT),
    F("MfaUsedTimestamps", "mfa_used_timestamps", LIST(STRING)),
};
const gob_type SCHEMA_User = STRUCT(User);

static const gob_field ChannelMember[] = {
    F("ChannelId", "channel_id", STRING),
    F("UserId", "user_id", STRING),
    F("Roles", "roles", STRING),
    F("LastViewedAt", "last_viewed_at", INT),
    F("MsgCount", "msg_count", INT),
    F("MentionCount", "mention_count", INT),
    F("MentionCountRoot", "mention_count_root", INT),
    F("UrgentMentionCount", "urgent_mention_count", INT),
    F("MsgCountRoot", "msg_count_root", INT),
    F("NotifyProps", "notify_props", MAP(STRING)),
    F("LastUpdateAt", "last_update_at", INT),
    F("SchemeGuest", "scheme_guest", BOOL),
    F("SchemeUser", "scheme_user", BOOL),
    F("SchemeAdmin", "scheme_admin", BOOL),
    F("ExplicitRoles", "explicit_roles", STRING),
    F("AutoTranslationDisabled", "autotranslation_disabled", BOOL),
};
const gob_type SCHEMA_ChannelMember = STRUCT(ChannelMember);

static const gob_field TeamMember[] = {
    F("TeamId", "team_id", STRING),
    F("UserId", "user_id", STRING),
    F("Roles", "roles", STRING),
    F("DeleteAt", "delete_at", INT),
    F("SchemeGuest", "scheme_guest", BOOL),
    F("SchemeUser", "scheme_user", BOOL),
    F("SchemeAdmin", "scheme_admin", BOOL),
    F("ExplicitRoles", "explicit_roles", STRING),
    F("CreateAt", "create_at", INT), // not in REST's JSON
};
const gob_type SCHEMA_TeamMember = STRUCT(TeamMember);

static const gob_field ChannelBannerInfo[] = {
    F("Enabled", "enabled", BOOL),
    F("Text", "text", STRING),
    F("BackgroundColor", "background_color", STRING),
};
const gob_type SCHEMA_ChannelBannerInfo = STRUCT(ChannelBannerInfo);

static const gob_field Channel[] = {
    F("Id", "id", STRING),
    F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT),
    F("TeamId", "team_id", STRING),
    F("Type", "type", STRING),
    F("DisplayName", "display_name", STRING),
    F("Name", "name", STRING),
    F("Header", "header", STRING),
    F("Purpose", "purpose", STRING),
    F("LastPostAt", "last_post_at", INT),
    F("TotalMsgCount", "total_msg_count", INT),
    F("ExtraUpdateAt", "extra_update_at", INT),
    F("CreatorId", "creator_id", STRING),
    F("SchemeId", "scheme_id", STRING),
    F("Props", "props", MAP(ANY)),
    F("GroupConstrained", "group_constrained", BOOL),
    F("AutoTranslation", "autotranslation", BOOL),
    F("Shared", "shared", BOOL),
    F("TotalMsgCountRoot", "total_msg_count_root", INT),
    F("PolicyID", "policy_id", STRING),
    F("LastRootPostAt", "last_root_post_at", INT),
    F("BannerInfo", "banner_info", MODEL(ChannelBannerInfo)),
    F("PolicyEnforced", "policy_enforced", BOOL),
    F("PolicyActions", "policy_actions", MAP(BOOL)),
    F("PolicyIsActive", "policy_is_active", BOOL),
    F("DefaultCategoryName", "default_category_name", STRING),
    F("ManagedCategoryName", "managed_category_name", STRING),
    F("Discoverable", "discoverable", BOOL),
};
const gob_type SCHEMA_Channel = STRUCT(Channel);

static const gob_field Session[] = {
    F("Id", "id", STRING),
    F("Token", "token", STRING),
    F("CreateAt", "create_at", INT),
    F("ExpiresAt", "expires_at", INT),
    F("LastActivityAt", "last_activity_at", INT),
    F("UserId", "user_id", STRING),
    F("DeviceId", "device_id", STRING),
    F("VoIPDeviceId", "voip_device_id", STRING),
    F("Roles", "roles", STRING),
    F("IsOAuth", "is_oauth", BOOL),
    F("ExpiredNotify", "expired_notify", BOOL),
    F("Props", "props", MAP(STRING)),
    F("TeamMembers", "team_members", LIST(TeamMember)),
    F("Local", "local", BOOL),
};
const gob_type SCHEMA_Session = STRUCT(Session);

static const gob_field ViewUsersRestrictions[] = {
    F("Teams", "teams", LIST(STRING)),
    F("Channels", "channels", LIST(STRING)),
};
const gob_type SCHEMA_ViewUsersRestrictions = STRUCT(ViewUsersRestrictions);

static const gob_field UserGetOptions[] = {
    F("InTeamId", "in_team_id", STRING),
    F("NotInTeamId", "not_in_team_id", STRING),
    F("InChannelId", "in_channel_id", STRING),
    F("NotInChannelId", "not_in_channel_id", STRING),
    F("InGroupId", "in_group_id", STRING),
    F("NotInGroupId", "not_in_group_id", STRING),
    F("GroupConstrained", "group_constrained", BOOL),
    F("WithoutTeam", "without_team", BOOL),
    F("Inactive", "inactive", BOOL),
    F("Active", "active", BOOL),
    F("Role", "role", STRING),
    F("Roles", "roles", LIST(STRING)),
    F("ChannelRoles", "channel_roles", LIST(STRING)),
    F("TeamRoles", "team_roles", LIST(STRING)),
    F("Sort", "sort", STRING),
    F("ViewRestrictions", "view_restrictions", MODEL(ViewUsersRestrictions)),
    F("Page", "page", INT),
    F("PerPage", "per_page", INT),
    F("UpdatedAfter", "updated_after", INT),
};
const gob_type SCHEMA_UserGetOptions = STRUCT(UserGetOptions);

static const gob_field UserSearch[] = {
    F("Term", "term", STRING),
    F("TeamId", "team_id", STRING),
    F("NotInTeamId", "not_in_team_id", STRING),
    F("InChannelId", "in_channel_id", STRING),
    F("NotInChannelId", "not_in_channel_id", STRING),
    F("InGroupId", "in_group_id", STRING),
    F("GroupConstrained", "group_constrained", BOOL),
    F("AllowInactive", "allow_inactive", BOOL),
    F("WithoutTeam", "without_team", BOOL),
    F("Limit", "limit", INT),
    F("Role", "role", STRING),
    F("Roles", "roles", LIST(STRING)),
    F("ChannelRoles", "channel_roles", LIST(STRING)),
    F("TeamRoles", "team_roles", LIST(STRING)),
    F("NotInGroupId", "not_in_group_id", STRING),
};
const gob_type SCHEMA_UserSearch = STRUCT(UserSearch);

static const gob_field Status[] = {
    F("UserId", "user_id", STRING),
    F("Status", "status", STRING),
    F("Manual", "manual", BOOL),
    F("LastActivityAt", "last_activity_at", INT),
    F("ActiveChannel", "active_channel", STRING),
    F("DNDEndTime", "dnd_end_time", INT),
    F("PrevStatus", "prev_status", STRING), // not in REST's JSON
};
const gob_type SCHEMA_Status = STRUCT(Status);

static const gob_field Preference[] = {
    F("UserId", "user_id", STRING),
    F("Category", "category", STRING),
    F("Name", "name", STRING),
    F("Value", "value", STRING),
};
const gob_type SCHEMA_Preference = STRUCT(Preference);

static const gob_field UserAccessToken[] = {
    F("Id", "id", STRING),
    F("Token", "token", STRING),
    F("UserId", "user_id", STRING),
    F("Description", "description", STRING),
    F("IsActive", "is_active", BOOL),
    F("ExpiresAt", "expires_at", INT),
    F("LastNotifiedAt", "last_notified_at", INT), // not in REST's JSON
};
const gob_type SCHEMA_UserAccessToken = STRUCT(UserAccessToken);

static const gob_field Team[] = {
    F("Id", "id", STRING),
    F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT),
    F("DisplayName", "display_name", STRING),
    F("Name", "name", STRING),
    F("Description", "description", STRING),
    F("Email", "email", STRING),
    F("Type", "type", STRING),
    F("CompanyName", "company_name", STRING),
    F("AllowedDomains", "allowed_domains", STRING),
    F("InviteId", "invite_id", STRING),
    F("AllowOpenInvite", "allow_open_invite", BOOL),
    F("LastTeamIconUpdate", "last_team_icon_update", INT),
    F("SchemeId", "scheme_id", STRING),
    F("GroupConstrained", "group_constrained", BOOL),
    F("PolicyID", "policy_id", STRING),
    F("CloudLimitsArchived", "cloud_limits_archived", BOOL),
    F("PolicyEnforced", "policy_enforced", BOOL),
    F("PolicyActions", "policy_actions", MAP(BOOL)),
    F("PolicyIsActive", "policy_is_active", BOOL),
    F("Recommended", "recommended", BOOL),
};
const gob_type SCHEMA_Team = STRUCT(Team);

static const gob_field ChannelStats[] = {
    F("ChannelId", "channel_id", STRING), F("MemberCount", "member_count", INT),
    F("GuestCount", "guest_count", INT),  F("PinnedPostCount", "pinnedpost_count", INT),
    F("FilesCount", "files_count", INT),
};
const gob_type SCHEMA_ChannelStats = STRUCT(ChannelStats);

static const gob_field Permission[] = {
    F("Id", "id", STRING),
    F("Name", "name", STRING),
    F("Description", "description", STRING),
    F("Scope", "scope", STRING),
};
const gob_type SCHEMA_Permission = STRUCT(Permission);

static const gob_field Bot[] = {
    F("UserId", "user_id", STRING),           F("Username", "username", STRING),
    F("DisplayName", "display_name", STRING), F("Description", "description", STRING),
    F("OwnerId", "owner_id", STRING),         F("LastIconUpdate", "last_icon_update", INT),
    F("CreateAt", "create_at", INT),          F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT),
};
const gob_type SCHEMA_Bot = STRUCT(Bot);

static const gob_field BotPatch[] = {
    F("Username", "username", STRING),
    F("DisplayName", "display_name", STRING),
    F("Description", "description", STRING),
};
const gob_type SCHEMA_BotPatch = STRUCT(BotPatch);

static const gob_field BotGetOptions[] = {
    F("OwnerId", "owner_id", STRING),
    F("IncludeDeleted", "include_deleted", BOOL),
    F("OnlyOrphaned", "only_orphaned", BOOL),
    F("Page", "page", INT),
    F("PerPage", "per_page", INT),
};
const gob_type SCHEMA_BotGetOptions = STRUCT(BotGetOptions);
