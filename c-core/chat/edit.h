// SPDX-License-Identifier: Apache-2.0
// What an edit makes of a post: the pure part of chat_edit_post.
#ifndef OC_CHAT_EDIT_H
#define OC_CHAT_EDIT_H

#include "chat/posts.h"

// The post to be sent to UpdatePost for the post as it stands (Mattermost's JSON object). The server takes message, props,
// file_ids, is_pinned and has_reactions from it, absent ones as empty, and the rest from its own copy. Of props the keys
// of edit->props are set, or removed where they are null. NULL: nothing would change. The caller owns the object.
cJSON *edit_apply(const cJSON *present, const chat_edit *edit);
// The post to be sent so that its reactions are seen again; NULL: they are. The caller owns the object.
cJSON *edit_show_reactions(const cJSON *present);

#endif
