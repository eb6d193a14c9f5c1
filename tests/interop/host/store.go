// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// kvEntry is one value of a plugin's key-value store; expireAt is in
// milliseconds, 0 for never.
type kvEntry struct {
	value    []byte
	expireAt int64
}

// store is the whole chat server state of the harness, in memory.
type store struct {
	mu        sync.Mutex
	users     map[string]*model.User
	bots      map[string]*model.Bot
	teams     map[string]*model.Team
	channels  map[string]*model.Channel
	members   map[string]map[string]*model.ChannelMember // channel -> user
	tmembers  map[string]map[string]*model.TeamMember    // team -> user
	posts     map[string]*model.Post
	postOrder []string
	ephemeral map[string]*model.Post
	reactions map[string][]*model.Reaction
	files     map[string]*model.FileInfo
	fileData  map[string][]byte
	kv        map[string]map[string]*kvEntry // plugin -> key
	commands  map[string]*model.Command      // team + "/" + trigger
	cmdOwner  map[string]string
	statuses  map[string]*model.Status
	prefs     map[string]map[string]model.Preference
	sessions  map[string]*model.Session
	dialogs   []model.OpenDialogRequest
	perms     map[string]bool // user + "/" + permission, explicit grants or denials
	pluginCfg map[string]map[string]any
	config    *model.Config
	waiting   map[string]chan struct{} // channel → closed at its next post
}

func newStore() *store {
	c := &model.Config{}
	c.SetDefaults()
	return &store{
		users: map[string]*model.User{}, bots: map[string]*model.Bot{}, teams: map[string]*model.Team{},
		channels: map[string]*model.Channel{}, members: map[string]map[string]*model.ChannelMember{},
		tmembers: map[string]map[string]*model.TeamMember{}, posts: map[string]*model.Post{},
		ephemeral: map[string]*model.Post{}, reactions: map[string][]*model.Reaction{},
		files: map[string]*model.FileInfo{}, fileData: map[string][]byte{},
		kv: map[string]map[string]*kvEntry{}, commands: map[string]*model.Command{}, cmdOwner: map[string]string{},
		statuses: map[string]*model.Status{}, prefs: map[string]map[string]model.Preference{},
		sessions: map[string]*model.Session{}, perms: map[string]bool{}, pluginCfg: map[string]map[string]any{}, config: c, waiting: map[string]chan struct{}{},
	}
}

// now is the clock of the store, in milliseconds.
func now() int64 { return time.Now().UnixMilli() }

func (s *store) addUser(name, roles string, isBot bool) *model.User {
	u := &model.User{Id: model.NewId(), Username: name, Email: name + "@example.com", Roles: roles,
		CreateAt: now(), UpdateAt: now(), Locale: "en", IsBot: isBot, NotifyProps: model.StringMap{"desktop": "mention"},
		Timezone: model.StringMap{"automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true"}}
	s.users[u.Id] = u
	return u
}

func (s *store) addTeam(name string) *model.Team {
	t := &model.Team{Id: model.NewId(), Name: name, DisplayName: name, Type: model.TeamOpen, CreateAt: now(), UpdateAt: now()}
	s.teams[t.Id] = t
	s.tmembers[t.Id] = map[string]*model.TeamMember{}
	return t
}

func (s *store) addChannel(team, name string, typ model.ChannelType) *model.Channel {
	c := &model.Channel{Id: model.NewId(), TeamId: team, Name: name, DisplayName: name, Type: typ, CreateAt: now(), UpdateAt: now()}
	s.channels[c.Id] = c
	s.members[c.Id] = map[string]*model.ChannelMember{}
	return c
}

func (s *store) join(channel, user string) *model.ChannelMember {
	m := s.members[channel]
	if m == nil {
		m = map[string]*model.ChannelMember{}
		s.members[channel] = m
	}
	if m[user] == nil {
		m[user] = &model.ChannelMember{ChannelId: channel, UserId: user, Roles: "channel_user", SchemeUser: true,
			NotifyProps: model.GetDefaultChannelNotifyProps(), LastUpdateAt: now()}
	}
	if c := s.channels[channel]; c != nil && c.TeamId != "" {
		tm := s.tmembers[c.TeamId]
		if tm[user] == nil {
			tm[user] = &model.TeamMember{TeamId: c.TeamId, UserId: user, Roles: "team_user", SchemeUser: true, CreateAt: now()}
		}
	}
	return m[user]
}

// direct returns the direct channel of two users, made on demand.
func (s *store) direct(a, b string) *model.Channel {
	name := model.GetDMNameFromIds(a, b)
	for _, c := range s.channels {
		if c.Name == name {
			return c
		}
	}
	c := s.addChannel("", name, model.ChannelTypeDirect)
	s.join(c.Id, a)
	s.join(c.Id, b)
	return c
}

func (s *store) group(ids []string) *model.Channel {
	name := model.GetGroupNameFromUserIds(append([]string{}, ids...))
	for _, c := range s.channels {
		if c.Name == name {
			return c
		}
	}
	c := s.addChannel("", name, model.ChannelTypeGroup)
	for _, id := range ids {
		s.join(c.Id, id)
	}
	return c
}

// userRef finds a user by id or by name.
func (s *store) userRef(ref string) *model.User {
	ref = strings.TrimPrefix(ref, "@")
	if u := s.users[ref]; u != nil {
		return u
	}
	for _, u := range s.users {
		if u.Username == ref {
			return u
		}
	}
	return nil
}

func (s *store) teamRef(ref string) *model.Team {
	if t := s.teams[ref]; t != nil {
		return t
	}
	for _, t := range s.teams {
		if t.Name == ref {
			return t
		}
	}
	return nil
}

func (s *store) channelRef(ref string) *model.Channel {
	if c := s.channels[ref]; c != nil {
		return c
	}
	for _, c := range s.channels {
		if c.Name == ref {
			return c
		}
	}
	return nil
}

// kvGet returns the live value of a key, or nil.
func (s *store) kvGet(plugin, key string) []byte {
	e := s.kv[plugin][key]
	if e == nil || (e.expireAt != 0 && e.expireAt <= now()) {
		return nil
	}
	return e.value
}

func (s *store) kvSet(plugin, key string, value []byte, expireAt int64) {
	if s.kv[plugin] == nil {
		s.kv[plugin] = map[string]*kvEntry{}
	}
	if value == nil {
		delete(s.kv[plugin], key)
		return
	}
	s.kv[plugin][key] = &kvEntry{value: append([]byte{}, value...), expireAt: expireAt}
}

func (s *store) kvKeys(plugin string) []string {
	var keys []string
	for k := range s.kv[plugin] {
		if s.kvGet(plugin, k) != nil {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

// page cuts one page out of a list.
func page[T any](all []T, p, per int) []T {
	if p < 0 || per <= 0 || p*per >= len(all) {
		return []T{}
	}
	return all[p*per : min(len(all), (p+1)*per)]
}

// keep stores a new post; the caller has the lock.
func (s *store) keep(p *model.Post) {
	s.posts[p.Id] = p.Clone()
	s.postOrder = append(s.postOrder, p.Id)
	if ch := s.channels[p.ChannelId]; ch != nil {
		ch.LastPostAt, ch.TotalMsgCount = p.CreateAt, ch.TotalMsgCount+1
	}
	if w := s.waiting[p.ChannelId]; w != nil {
		delete(s.waiting, p.ChannelId)
		close(w)
	}
}

// nextPost stores a post and tells of the one after it in that channel.
func (s *store) nextPost(channel string, p *model.Post) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(p)
	w := make(chan struct{})
	s.waiting[channel] = w
	return w
}
