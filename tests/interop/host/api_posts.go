// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/mattermost/mattermost/server/public/model"
)

func (a *api) CreatePost(p *model.Post) (*model.Post, *model.AppError) {
	a.call("CreatePost", p)
	a.h.postGates[0].pass()
	made, err := a.h.createPost(p)
	if a.h.postGates[1].pass() {
		a.h.emit("post_acknowledged", "post", made)
	}
	return made, err
}

func (a *api) UpdatePost(p *model.Post) (*model.Post, *model.AppError) {
	a.call("UpdatePost", p)
	post, err := a.h.updatePost(p)
	if err == nil {
		a.h.previews.shown(p.Message)
	}
	return post, err
}

func (a *api) DeletePost(id string) *model.AppError {
	a.call("DeletePost", id)
	return a.h.deletePost(id)
}

func (a *api) GetPost(id string) (*model.Post, *model.AppError) {
	a.call("GetPost", id)
	defer a.lock()()
	p := a.h.st.posts[id]
	if p == nil || p.DeleteAt != 0 {
		return nil, notFound("GetPost")
	}
	return p.Clone(), nil
}

func (a *api) SendEphemeralPost(user string, p *model.Post) *model.Post {
	a.call("SendEphemeralPost", user, p)
	if p.Id == "" {
		p.Id = model.NewId()
	}
	p.Type = model.PostTypeEphemeral
	if p.CreateAt == 0 {
		p.CreateAt = now()
	}
	p.GenerateActionIds()
	unlock := a.lock()
	a.h.st.ephemeral[p.Id] = p.Clone()
	unlock()
	a.h.emit("ephemeral", "user", user, "post", p)
	return p
}

func (a *api) UpdateEphemeralPost(user string, p *model.Post) *model.Post {
	a.call("UpdateEphemeralPost", user, p)
	p.Type, p.UpdateAt = model.PostTypeEphemeral, now()
	unlock := a.lock()
	a.h.st.ephemeral[p.Id] = p.Clone()
	unlock()
	a.h.emit("ephemeral_updated", "user", user, "post", p)
	return p
}

func (a *api) DeleteEphemeralPost(user, id string) {
	a.call("DeleteEphemeralPost", user, id)
	a.h.emit("ephemeral_deleted", "user", user, "id", id)
}

func (a *api) postList(keep func(*model.Post) bool) *model.PostList {
	l := model.NewPostList()
	for i := len(a.h.st.postOrder) - 1; i >= 0; i-- {
		if p := a.h.st.posts[a.h.st.postOrder[i]]; p != nil && p.DeleteAt == 0 && keep(p) {
			l.AddPost(p.Clone())
			l.AddOrder(p.Id)
		}
	}
	return l
}

func (a *api) GetPostThread(id string) (*model.PostList, *model.AppError) {
	a.call("GetPostThread", id)
	defer a.lock()()
	p := a.h.st.posts[id]
	if p == nil {
		return nil, notFound("GetPostThread")
	}
	root := id
	if p.RootId != "" {
		root = p.RootId
	}
	return a.postList(func(q *model.Post) bool { return q.Id == root || q.RootId == root }), nil
}

func (a *api) GetPostsSince(ch string, t int64) (*model.PostList, *model.AppError) {
	a.call("GetPostsSince", ch, t)
	defer a.lock()()
	return a.postList(func(q *model.Post) bool { return q.ChannelId == ch && q.UpdateAt > t }), nil
}

func (a *api) GetPostsForChannel(ch string, p, per int) (*model.PostList, *model.AppError) {
	a.call("GetPostsForChannel", ch, p, per)
	defer a.lock()()
	l := a.postList(func(q *model.Post) bool { return q.ChannelId == ch })
	l.Order = page(l.Order, p, per)
	for id := range l.Posts {
		if !contains(l.Order, id) {
			delete(l.Posts, id)
		}
	}
	return l, nil
}

func (a *api) AddReaction(r *model.Reaction) (*model.Reaction, *model.AppError) {
	a.call("AddReaction", r)
	return a.h.addReaction(r)
}

func (a *api) RemoveReaction(r *model.Reaction) *model.AppError {
	a.call("RemoveReaction", r)
	return a.h.removeReaction(r)
}

func (a *api) GetReactions(post string) ([]*model.Reaction, *model.AppError) {
	a.call("GetReactions", post)
	defer a.lock()()
	return a.h.st.reactions[post], nil
}

func (a *api) UploadFile(data []byte, ch, name string) (*model.FileInfo, *model.AppError) {
	a.call("UploadFile", len(data), ch, name)
	defer a.lock()()
	return a.h.saveFile("", ch, name, data), nil
}

func (a *api) GetFileInfo(id string) (*model.FileInfo, *model.AppError) {
	a.call("GetFileInfo", id)
	defer a.lock()()
	return found("GetFileInfo", a.h.st.files[id])
}

func (a *api) GetFile(id string) ([]byte, *model.AppError) {
	a.call("GetFile", id)
	defer a.lock()()
	if a.h.st.files[id] == nil {
		return nil, notFound("GetFile")
	}
	return a.h.st.fileData[id], nil
}

func (a *api) GetFileLink(id string) (string, *model.AppError) {
	a.call("GetFileLink", id)
	return "http://localhost/files/" + id + "/public", nil
}

func (a *api) ReadFile(path string) ([]byte, *model.AppError) {
	a.call("ReadFile", path)
	return a.h.fileBytes(path), nil
}

// around lists a channel's posts on one side of a post, the newest first.
func (a *api) around(ch, post string, p, per int, after bool) (*model.PostList, *model.AppError) {
	defer a.lock()()
	at := -1
	var ids []string
	for _, id := range a.h.st.postOrder {
		q := a.h.st.posts[id]
		if q == nil || q.ChannelId != ch || q.DeleteAt != 0 {
			continue
		}
		if id == post {
			at = len(ids)
		}
		ids = append(ids, id)
	}
	l := model.NewPostList()
	if at < 0 {
		return l, nil
	}
	if after {
		ids = page(ids[at+1:], p, per)
	} else {
		before := ids[:at]
		last := max(0, len(before)-p*per)
		ids = before[max(0, last-per):last]
	}
	for i := len(ids) - 1; i >= 0; i-- {
		l.AddPost(a.h.st.posts[ids[i]].Clone())
		l.AddOrder(ids[i])
	}
	return l, nil
}

func (a *api) GetPostsAfter(ch, post string, p, per int) (*model.PostList, *model.AppError) {
	a.call("GetPostsAfter", ch, post, p, per)
	return a.around(ch, post, p, per, true)
}

func (a *api) GetPostsBefore(ch, post string, p, per int) (*model.PostList, *model.AppError) {
	a.call("GetPostsBefore", ch, post, p, per)
	return a.around(ch, post, p, per, false)
}
