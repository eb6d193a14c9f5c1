// SPDX-License-Identifier: Apache-2.0
// Posts and what belongs to them, as they go over the wire. Source: plugin-rpc notes (h), Go module.
#include "schema/table.h"

static const gob_field MessageAttachmentField[] = {
    F("Title", "title", STRING),
    F("Value", "value", ANY),
    F("Short", "short", BOOL),
};
const gob_type SCHEMA_MessageAttachmentField = STRUCT(MessageAttachmentField);

static const gob_field PostActionOptions[] = {
    F("Text", "text", STRING),
    F("Value", "value", STRING),
};
const gob_type SCHEMA_PostActionOptions = STRUCT(PostActionOptions);

static const gob_field PostActionIntegration[] = {
    F("URL", "url", STRING),
    F("Context", "context", MAP(ANY)),
};
const gob_type SCHEMA_PostActionIntegration = STRUCT(PostActionIntegration);

static const gob_field PostAction[] = {
    F("Id", "id", STRING),
    F("Type", "type", STRING),
    F("Name", "name", STRING),
    F("Tooltip", "tooltip", STRING),
    F("Disabled", "disabled", BOOL),
    F("Style", "style", STRING),
    F("DataSource", "data_source", STRING),
    F("Options", "options", LIST(PostActionOptions)),
    F("DefaultOption", "default_option", STRING),
    F("Integration", "integration", MODEL(PostActionIntegration)),
    F("Cookie", "cookie", STRING),
};
const gob_type SCHEMA_PostAction = STRUCT(PostAction);

static const gob_field MessageAttachment[] = {
    F("Id", "id", INT),
    F("Fallback", "fallback", STRING),
    F("Color", "color", STRING),
    F("Pretext", "pretext", STRING),
    F("AuthorName", "author_name", STRING),
    F("AuthorLink", "author_link", STRING),
    F("AuthorIcon", "author_icon", STRING),
    F("Title", "title", STRING),
    F("TitleLink", "title_link", STRING),
    F("Text", "text", STRING),
    F("Fields", "fields", LIST(MessageAttachmentField)),
    F("ImageURL", "image_url", STRING),
    F("ThumbURL", "thumb_url", STRING),
    F("Footer", "footer", STRING),
    F("FooterIcon", "footer_icon", STRING),
    F("Timestamp", "ts", ANY),
    F("Actions", "actions", LIST(PostAction)),
};
const gob_type SCHEMA_MessageAttachment = STRUCT(MessageAttachment);

static const gob_field PostEmbed[] = {
    F("Type", "type", STRING),
    F("URL", "url", STRING),
    F("Data", "data", ANY),
};
const gob_type SCHEMA_PostEmbed = STRUCT(PostEmbed);

static const gob_field Emoji[] = {
    F("Id", "id", STRING),           F("CreateAt", "create_at", INT),      F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT), F("CreatorId", "creator_id", STRING), F("Name", "name", STRING),
};
const gob_type SCHEMA_Emoji = STRUCT(Emoji);

static const gob_field FileInfo[] = {
    F("Id", "id", STRING),
    F("CreatorId", "user_id", STRING),
    F("PostId", "post_id", STRING),
    F("ChannelId", "channel_id", STRING),
    F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),
    F("DeleteAt", "delete_at", INT),
    F("Path", "path", STRING),                    // not in REST's JSON
    F("ThumbnailPath", "thumbnail_path", STRING), // not in REST's JSON
    F("PreviewPath", "preview_path", STRING),     // not in REST's JSON
    F("Name", "name", STRING),
    F("Extension", "extension", STRING),
    F("Size", "size", INT),
    F("MimeType", "mime_type", STRING),
    F("Width", "width", INT),
    F("Height", "height", INT),
    F("HasPreviewImage", "has_preview_image", BOOL),
    F("MiniPreview", "mini_preview", BYTES),
    F("Content", "content", STRING), // not in REST's JSON
    F("RemoteId", "remote_id", STRING),
    F("Archived", "archived", BOOL),
};
const gob_type SCHEMA_FileInfo = STRUCT(FileInfo);

static const gob_field PostImage[] = {
    F("Width", "width", INT),
    F("Height", "height", INT),
    F("Format", "format", STRING),
    F("FrameCount", "frame_count", INT),
};
const gob_type SCHEMA_PostImage = STRUCT(PostImage);

static const gob_field Reaction[] = {
    F("UserId", "user_id", STRING),       F("PostId", "post_id", STRING),
    F("EmojiName", "emoji_name", STRING), F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),      F("DeleteAt", "delete_at", INT),
    F("RemoteId", "remote_id", STRING),   F("ChannelId", "channel_id", STRING),
};
const gob_type SCHEMA_Reaction = STRUCT(Reaction);

static const gob_field PostPriority[] = {
    F("Priority", "priority", STRING),
    F("RequestedAck", "requested_ack", BOOL),
    F("PersistentNotifications", "persistent_notifications", BOOL),
    F("PostId", "post_id", STRING),
    F("ChannelId", "channel_id", STRING),
};
const gob_type SCHEMA_PostPriority = STRUCT(PostPriority);

static const gob_field PostAcknowledgement[] = {
    F("UserId", "user_id", STRING),
    F("PostId", "post_id", STRING),
    F("AcknowledgedAt", "acknowledged_at", INT),
    F("ChannelId", "channel_id", STRING),
    F("RemoteId", "remote_id", STRING),
};
const gob_type SCHEMA_PostAcknowledgement = STRUCT(PostAcknowledgement);

static const gob_field PostTranslation[] = {
    F("Text", "text", STRING),   F("Object", "object", JSON_TEXT),       F("Type", "type", STRING),
    F("State", "state", STRING), F("SourceLang", "source_lang", STRING),
};
const gob_type SCHEMA_PostTranslation = STRUCT(PostTranslation);

static const gob_field PostMetadata[] = {
    F("Embeds", "embeds", LIST(PostEmbed)),
    F("Emojis", "emojis", LIST(Emoji)),
    F("Files", "files", LIST(FileInfo)),
    F("RedactedFileCount", "redacted_file_count", INT),
    F("Images", "images", MAP(PostImage)),
    F("Reactions", "reactions", LIST(Reaction)),
    F("Priority", "priority", MODEL(PostPriority)),
    F("Acknowledgements", "acknowledgements", LIST(PostAcknowledgement)),
    F("Translations", "translations", MAP(PostTranslation)),
    F("ExpireAt", "expire_at", INT),
    F("Recipients", "recipients", LIST(STRING)),
};
const gob_type SCHEMA_PostMetadata = STRUCT(PostMetadata);

static const gob_field Post[] = {
    F("Id", "id", STRING),
    F("CreateAt", "create_at", INT),
    F("UpdateAt", "update_at", INT),
    F("EditAt", "edit_at", INT),
    F("DeleteAt", "delete_at", INT),
    F("IsPinned", "is_pinned", BOOL),
    F("UserId", "user_id", STRING),
    F("ChannelId", "channel_id", STRING),
    F("RootId", "root_id", STRING),
    F("OriginalId", "original_id", STRING),
    F("Message", "message", STRING),
    F("MessageSource", "message_source", STRING),
    F("Type", "type", STRING),
    F("Props", "props", MAP(ANY)),
    F("Hashtags", "hashtags", STRING),
    F("Filenames", "filenames", LIST(STRING)), // not in REST's JSON
    F("FileIds", "file_ids", LIST(STRING)),
    F("PendingPostId", "pending_post_id", STRING),
    F("HasReactions", "has_reactions", BOOL),
    F("RemoteId", "remote_id", STRING),
    F("ReplyCount", "reply_count", INT),
    F("LastReplyAt", "last_reply_at", INT),
    F("Participants", "participants", LIST(User)),
    F("IsFollowing", "is_following", BOOL),
    F("Metadata", "metadata", MODEL(PostMetadata)),
};
const gob_type SCHEMA_Post = STRUCT(Post);

static const gob_field PreviewPost[] = {
    F("PostID", "post_id", STRING),           F("Post", "post", MODEL(Post)),
    F("TeamName", "team_name", STRING),       F("ChannelDisplayName", "channel_display_name", STRING),
    F("ChannelType", "channel_type", STRING), F("ChannelID", "channel_id", STRING),
};
const gob_type SCHEMA_PreviewPost = STRUCT(PreviewPost);

static const gob_field PostList[] = {
    F("Order", "order", LIST(STRING)),
    F("Posts", "posts", MAP(Post)),
    F("NextPostId", "next_post_id", STRING),
    F("PrevPostId", "prev_post_id", STRING),
    F("HasNext", "has_next", BOOL),
    F("FirstInaccessiblePostTime", "first_inaccessible_post_time", INT),
    F("BurnOnReadPosts", "burn_on_read_posts", MAP(Post)), // not in REST's JSON
};
const gob_type SCHEMA_PostList = STRUCT(PostList);

static const gob_field UploadSession[] = {
    F("Id", "id", STRING),
    F("Type", "type", STRING),
    F("CreateAt", "create_at", INT),
    F("UserId", "user_id", STRING),
    F("ChannelId", "channel_id", STRING),
    F("Filename", "filename", STRING),
    F("Path", "path", STRING), // not in REST's JSON
    F("FileSize", "file_size", INT),
    F("FileOffset", "file_offset", INT),
    F("RemoteId", "remote_id", STRING),
    F("ReqFileId", "req_file_id", STRING),
};
const gob_type SCHEMA_UploadSession = STRUCT(UploadSession);

static const gob_field SearchParameter[] = {
    F("Terms", "terms", STRING),
    F("IsOrSearch", "is_or_search", BOOL),
    F("TimeZoneOffset", "time_zone_offset", INT),
    F("Page", "page", INT),
    F("PerPage", "per_page", INT),
    F("IncludeDeletedChannels", "include_deleted_channels", BOOL),
};
const gob_type SCHEMA_SearchParameter = STRUCT(SearchParameter);

static const gob_field PostSearchResults[] = {
    F("PostList", "", MODEL(PostList)), // embedded: its fields stand among ours
    F("Matches", "matches", HEADER),
};
const gob_type SCHEMA_PostSearchResults = STRUCT(PostSearchResults);
