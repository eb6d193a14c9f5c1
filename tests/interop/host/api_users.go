// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sort"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

func (a *api) CreateUser(u *model.User) (*model.User, *model.AppError) {
	a.call("CreateUser", u)
	defer a.lock()()
	if a.h.st.userRef(u.Username) != nil {
		return nil, badRequest("CreateUser", "store.sql_user.save.username_exists.app_error")
	}
	u.Id, u.CreateAt, u.UpdateAt = model.NewId(), now(), now()
	a.h.st.users[u.Id] = u
	return u, nil
}

func (a *api) GetUser(id string) (*model.User, *model.AppError) {
	a.call("GetUser", id)
	defer a.lock()()
	return found("GetUser", a.h.st.users[id])
}

func (a *api) GetUserByUsername(n string) (*model.User, *model.AppError) {
	a.call("GetUserByUsername", n)
	defer a.lock()()
	for _, u := range a.h.st.users {
		if u.Username == n {
			return u, nil
		}
	}
	return nil, notFound("GetUserByUsername")
}

func (a *api) GetUserByEmail(e string) (*model.User, *model.AppError) {
	a.call("GetUserByEmail", e)
	defer a.lock()()
	for _, u := range a.h.st.users {
		if u.Email == e {
			return u, nil
		}
	}
	return nil, notFound("GetUserByEmail")
}

func (a *api) pick(keep func(*model.User) bool) []*model.User {
	var out []*model.User
	for _, u := range a.h.st.users {
		if keep(u) {
			out = append(out, u)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Username < out[j].Username })
	return out
}

func (a *api) GetUsers(o *model.UserGetOptions) ([]*model.User, *model.AppError) {
	a.call("GetUsers", o)
	defer a.lock()()
	keep := func(u *model.User) bool { return o.Role == "" || contains(strings.Fields(u.Roles), o.Role) }
	return page(a.pick(keep), o.Page, o.PerPage), nil
}

func (a *api) GetUsersByIds(ids []string) ([]*model.User, *model.AppError) {
	a.call("GetUsersByIds", ids)
	defer a.lock()()
	return a.pick(func(u *model.User) bool { return contains(ids, u.Id) }), nil
}

func (a *api) GetUsersByUsernames(names []string) ([]*model.User, *model.AppError) {
	a.call("GetUsersByUsernames", names)
	defer a.lock()()
	return a.pick(func(u *model.User) bool { return contains(names, u.Username) }), nil
}

func (a *api) GetUsersInTeam(team string, p, per int) ([]*model.User, *model.AppError) {
	a.call("GetUsersInTeam", team, p, per)
	defer a.lock()()
	return page(a.pick(func(u *model.User) bool { return a.h.st.tmembers[team][u.Id] != nil }), p, per), nil
}

func (a *api) GetUsersInChannel(ch, sortBy string, p, per int) ([]*model.User, *model.AppError) {
	a.call("GetUsersInChannel", ch, sortBy, p, per)
	defer a.lock()()
	return page(a.pick(func(u *model.User) bool { return a.h.st.members[ch][u.Id] != nil }), p, per), nil
}

func (a *api) SearchUsers(s *model.UserSearch) ([]*model.User, *model.AppError) {
	a.call("SearchUsers", s)
	defer a.lock()()
	return a.pick(func(u *model.User) bool { return strings.Contains(u.Username, s.Term) }), nil
}

func (a *api) UpdateUser(u *model.User) (*model.User, *model.AppError) {
	a.call("UpdateUser", u)
	defer a.lock()()
	a.h.st.users[u.Id] = u
	return u, nil
}

func (a *api) GetUserStatus(id string) (*model.Status, *model.AppError) {
	a.call("GetUserStatus", id)
	defer a.lock()()
	if s := a.h.st.statuses[id]; s != nil {
		return s, nil
	}
	return &model.Status{UserId: id, Status: model.StatusOffline}, nil
}

func (a *api) UpdateUserStatus(id, status string) (*model.Status, *model.AppError) {
	a.call("UpdateUserStatus", id, status)
	defer a.lock()()
	s := &model.Status{UserId: id, Status: status, Manual: true, LastActivityAt: now()}
	a.h.st.statuses[id] = s
	return s, nil
}

func (a *api) GetPreferencesForUser(id string) ([]model.Preference, *model.AppError) {
	a.call("GetPreferencesForUser", id)
	defer a.lock()()
	out := []model.Preference{}
	for _, p := range a.h.st.prefs[id] {
		out = append(out, p)
	}
	return out, nil
}

func (a *api) UpdatePreferencesForUser(id string, ps []model.Preference) *model.AppError {
	a.call("UpdatePreferencesForUser", id, ps)
	defer a.lock()()
	if a.h.st.prefs[id] == nil {
		a.h.st.prefs[id] = map[string]model.Preference{}
	}
	for _, p := range ps {
		a.h.st.prefs[id][p.Category+"/"+p.Name] = p
	}
	return nil
}

func (a *api) GetSession(id string) (*model.Session, *model.AppError) {
	a.call("GetSession", id)
	defer a.lock()()
	return found("GetSession", a.h.st.sessions[id])
}

func (a *api) GetProfileImage(id string) ([]byte, *model.AppError) {
	a.call("GetProfileImage", id)
	return a.h.fileBytes("profile-" + id), nil
}

func (a *api) SetProfileImage(id string, data []byte) *model.AppError {
	a.call("SetProfileImage", id, len(data))
	defer a.lock()()
	a.h.st.fileData["profile-"+id] = data
	return nil
}

func (a *api) EnsureBotUser(b *model.Bot) (string, error) {
	a.call("EnsureBotUser", b)
	defer a.lock()()
	if id := a.h.st.kvGet(a.manifest.Id, plugin.BotUserKey); id != nil {
		return string(id), nil
	}
	if u := a.h.st.userRef(b.Username); u != nil {
		a.h.st.kvSet(a.manifest.Id, plugin.BotUserKey, []byte(u.Id), 0)
		return u.Id, nil
	}
	u := a.h.st.addUser(b.Username, "system_user", true)
	b.UserId, b.OwnerId, b.CreateAt, b.UpdateAt = u.Id, a.manifest.Id, now(), now()
	u.BotDescription = b.Description
	a.h.st.bots[u.Id] = b
	a.h.st.kvSet(a.manifest.Id, plugin.BotUserKey, []byte(u.Id), 0)
	return u.Id, nil
}

func (a *api) CreateBot(b *model.Bot) (*model.Bot, *model.AppError) {
	a.call("CreateBot", b)
	defer a.lock()()
	u := a.h.st.addUser(b.Username, "system_user", true)
	b.UserId, b.OwnerId, b.CreateAt, b.UpdateAt = u.Id, a.manifest.Id, now(), now()
	a.h.st.bots[u.Id] = b
	return b, nil
}

func (a *api) GetBot(id string, deleted bool) (*model.Bot, *model.AppError) {
	a.call("GetBot", id, deleted)
	defer a.lock()()
	return found("GetBot", a.h.st.bots[id])
}

func (a *api) GetBots(o *model.BotGetOptions) ([]*model.Bot, *model.AppError) {
	a.call("GetBots", o)
	defer a.lock()()
	var out []*model.Bot
	for _, b := range a.h.st.bots {
		out = append(out, b)
	}
	return out, nil
}

func (a *api) PatchBot(id string, p *model.BotPatch) (*model.Bot, *model.AppError) {
	a.call("PatchBot", id, p)
	defer a.lock()()
	b := a.h.st.bots[id]
	if b == nil {
		return nil, notFound("PatchBot")
	}
	b.Patch(p)
	return b, nil
}

func (a *api) UpdateBotActive(id string, active bool) (*model.Bot, *model.AppError) {
	a.call("UpdateBotActive", id, active)
	defer a.lock()()
	return found("UpdateBotActive", a.h.st.bots[id])
}
