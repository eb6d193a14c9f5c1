// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sort"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

func (a *api) GetTeam(id string) (*model.Team, *model.AppError) {
	a.call("GetTeam", id)
	defer a.lock()()
	return found("GetTeam", a.h.st.teams[id])
}

func (a *api) GetTeamByName(n string) (*model.Team, *model.AppError) {
	a.call("GetTeamByName", n)
	defer a.lock()()
	return found("GetTeamByName", a.h.st.teamRef(n))
}

func (a *api) GetTeams() ([]*model.Team, *model.AppError) {
	a.call("GetTeams")
	defer a.lock()()
	var out []*model.Team
	for _, t := range a.h.st.teams {
		out = append(out, t)
	}
	return out, nil
}

func (a *api) GetTeamsForUser(user string) ([]*model.Team, *model.AppError) {
	a.call("GetTeamsForUser", user)
	defer a.lock()()
	var out []*model.Team
	for id, t := range a.h.st.teams {
		if a.h.st.tmembers[id][user] != nil {
			out = append(out, t)
		}
	}
	return out, nil
}

func (a *api) GetTeamMember(team, user string) (*model.TeamMember, *model.AppError) {
	a.call("GetTeamMember", team, user)
	defer a.lock()()
	return found("GetTeamMember", a.h.st.tmembers[team][user])
}

func (a *api) CreateTeamMember(team, user string) (*model.TeamMember, *model.AppError) {
	a.call("CreateTeamMember", team, user)
	defer a.lock()()
	if a.h.st.tmembers[team] == nil {
		return nil, notFound("CreateTeamMember")
	}
	m := &model.TeamMember{TeamId: team, UserId: user, Roles: "team_user", SchemeUser: true, CreateAt: now()}
	a.h.st.tmembers[team][user] = m
	return m, nil
}

func (a *api) GetTeamMembersForUser(user string, p, per int) ([]*model.TeamMember, *model.AppError) {
	a.call("GetTeamMembersForUser", user, p, per)
	defer a.lock()()
	var out []*model.TeamMember
	for _, m := range a.h.st.tmembers {
		if m[user] != nil {
			out = append(out, m[user])
		}
	}
	return page(out, p, per), nil
}

func (a *api) CreateChannel(c *model.Channel) (*model.Channel, *model.AppError) {
	a.call("CreateChannel", c)
	defer a.lock()()
	n := a.h.st.addChannel(c.TeamId, c.Name, c.Type)
	n.DisplayName, n.Header, n.Purpose, n.CreatorId = c.DisplayName, c.Header, c.Purpose, c.CreatorId
	return n, nil
}

func (a *api) UpdateChannel(c *model.Channel) (*model.Channel, *model.AppError) {
	a.call("UpdateChannel", c)
	defer a.lock()()
	if a.h.st.channels[c.Id] == nil {
		return nil, notFound("UpdateChannel")
	}
	c.UpdateAt = now()
	a.h.st.channels[c.Id] = c
	return c, nil
}

func (a *api) GetChannel(id string) (*model.Channel, *model.AppError) {
	a.call("GetChannel", id)
	defer a.lock()()
	return found("GetChannel", a.h.st.channels[id])
}

func (a *api) GetChannelByName(team, name string, deleted bool) (*model.Channel, *model.AppError) {
	a.call("GetChannelByName", team, name, deleted)
	defer a.lock()()
	for _, c := range a.h.st.channels {
		if c.TeamId == team && c.Name == name {
			return c, nil
		}
	}
	return nil, notFound("GetChannelByName")
}

func (a *api) GetChannelByNameForTeamName(team, name string, deleted bool) (*model.Channel, *model.AppError) {
	a.call("GetChannelByNameForTeamName", team, name, deleted)
	defer a.lock()()
	if t := a.h.st.teamRef(team); t != nil {
		for _, c := range a.h.st.channels {
			if c.TeamId == t.Id && c.Name == name {
				return c, nil
			}
		}
	}
	return nil, notFound("GetChannelByNameForTeamName")
}

func (a *api) GetPublicChannelsForTeam(team string, p, per int) ([]*model.Channel, *model.AppError) {
	a.call("GetPublicChannelsForTeam", team, p, per)
	defer a.lock()()
	return page(a.channelsOf(team, "", model.ChannelTypeOpen), p, per), nil
}

func (a *api) channelsOf(team, user string, typ model.ChannelType) []*model.Channel {
	var out []*model.Channel
	for _, c := range a.h.st.channels {
		if (c.TeamId == team || (user != "" && c.TeamId == "")) && (typ == "" || c.Type == typ) && (user == "" || a.h.st.members[c.Id][user] != nil) {
			out = append(out, c)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func (a *api) GetChannelsForTeamForUser(team, user string, deleted bool) ([]*model.Channel, *model.AppError) {
	a.call("GetChannelsForTeamForUser", team, user, deleted)
	defer a.lock()()
	return a.channelsOf(team, user, ""), nil
}

func (a *api) SearchChannels(team, term string) ([]*model.Channel, *model.AppError) {
	a.call("SearchChannels", team, term)
	defer a.lock()()
	var out []*model.Channel
	for _, c := range a.channelsOf(team, "", "") {
		if strings.Contains(c.Name, term) {
			out = append(out, c)
		}
	}
	return out, nil
}

func (a *api) GetChannelStats(id string) (*model.ChannelStats, *model.AppError) {
	a.call("GetChannelStats", id)
	defer a.lock()()
	return &model.ChannelStats{ChannelId: id, MemberCount: int64(len(a.h.st.members[id]))}, nil
}

func (a *api) GetDirectChannel(u1, u2 string) (*model.Channel, *model.AppError) {
	a.call("GetDirectChannel", u1, u2)
	defer a.lock()()
	if a.h.st.users[u1] == nil || a.h.st.users[u2] == nil {
		return nil, notFound("GetDirectChannel")
	}
	return a.h.st.direct(u1, u2), nil
}

func (a *api) GetGroupChannel(ids []string) (*model.Channel, *model.AppError) {
	a.call("GetGroupChannel", ids)
	if len(ids) < 3 || len(ids) > 8 {
		return nil, badRequest("GetGroupChannel", "api.channel.create_group.bad_size.app_error")
	}
	defer a.lock()()
	return a.h.st.group(ids), nil
}

func (a *api) AddChannelMember(ch, user string) (*model.ChannelMember, *model.AppError) {
	a.call("AddChannelMember", ch, user)
	return a.h.addMember(ch, user)
}

func (a *api) AddUserToChannel(ch, user, as string) (*model.ChannelMember, *model.AppError) {
	a.call("AddUserToChannel", ch, user, as)
	return a.h.addMember(ch, user)
}

func (a *api) GetChannelMember(ch, user string) (*model.ChannelMember, *model.AppError) {
	a.call("GetChannelMember", ch, user)
	defer a.lock()()
	return found("GetChannelMember", a.h.st.members[ch][user])
}

func (a *api) memberList(ch string) model.ChannelMembers {
	out := model.ChannelMembers{}
	for _, m := range a.h.st.members[ch] {
		out = append(out, *m)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].UserId < out[j].UserId })
	return out
}

func (a *api) GetChannelMembers(ch string, p, per int) (model.ChannelMembers, *model.AppError) {
	a.call("GetChannelMembers", ch, p, per)
	defer a.lock()()
	return page(a.memberList(ch), p, per), nil
}

func (a *api) GetChannelMembersByIds(ch string, ids []string) (model.ChannelMembers, *model.AppError) {
	a.call("GetChannelMembersByIds", ch, ids)
	defer a.lock()()
	out := model.ChannelMembers{}
	for _, m := range a.memberList(ch) {
		if contains(ids, m.UserId) {
			out = append(out, m)
		}
	}
	return out, nil
}

func (a *api) GetChannelMembersForUser(team, user string, p, per int) ([]*model.ChannelMember, *model.AppError) {
	a.call("GetChannelMembersForUser", team, user, p, per)
	defer a.lock()()
	var out []*model.ChannelMember
	for _, c := range a.channelsOf(team, user, "") {
		out = append(out, a.h.st.members[c.Id][user])
	}
	return page(out, p, per), nil
}

func (a *api) DeleteChannelMember(ch, user string) *model.AppError {
	a.call("DeleteChannelMember", ch, user)
	defer a.lock()()
	delete(a.h.st.members[ch], user)
	return nil
}
