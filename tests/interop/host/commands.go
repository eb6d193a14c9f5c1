// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"syscall"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// command is one line of the script; which fields count depends on Cmd.
type command struct {
	Cmd      string            `json:"cmd"`
	Tag      string            `json:"tag"`   // comes back in the command's "done" event
	Async    bool              `json:"async"` // do not wait for it before the next line
	ID       string            `json:"id"`
	User     string            `json:"user"`
	Users    []string          `json:"users"`
	Team     string            `json:"team"`
	Channel  string            `json:"channel"`
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Roles    string            `json:"roles"`
	Message  string            `json:"message"`
	Root     string            `json:"root"`
	Post     string            `json:"post"`
	Props    map[string]any    `json:"props"`
	FileIDs  []string          `json:"file_ids"`
	Emoji    string            `json:"emoji"`
	Command  string            `json:"command"`
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Headers  map[string]string `json:"headers"`
	Body     string            `json:"body"`
	BodySize int               `json:"body_size"`
	Action   string            `json:"action"`
	Selected string            `json:"selected"`
	Config   map[string]any    `json:"config"`
	Data     string            `json:"data"`
	Signal   int               `json:"signal"`
	MS       int               `json:"ms"`
	N        int               `json:"n"`
	Workers  int               `json:"workers"`
	What     string            `json:"what"`
	Perm     string            `json:"perm"`
	Allow    bool              `json:"allow"`
	On       bool              `json:"on"`
}

// result is what a command adds to its "done" event: keys and values in turn.
type result []any

// commands holds what each command does.
var commands map[string]func(*host, command) (result, error)

func init() {
	commands = map[string]func(*host, command) (result, error){
		"activate": cmdActivate, "deactivate": cmdDeactivate, "restart": cmdRestart, "kill": cmdKill,
		"health": cmdHealth, "health_loop": cmdHealthLoop, "check": cmdCheck, "state": cmdState, "mem": cmdMem,
		"user": cmdUser, "team": cmdTeam, "channel": cmdChannel, "dm": cmdDM, "gm": cmdGM, "join": cmdJoin, "perm": cmdPerm,
		"post": cmdPost, "edit": cmdEdit, "pin": cmdPin, "delete": cmdDelete, "react": cmdReact, "unreact": cmdReact, "posts": cmdPosts,
		"click": cmdClick, "upload": cmdUpload, "slash": cmdSlash, "execute": cmdExecute, "http": cmdHTTP,
		"config": cmdConfig, "kv": cmdKV, "cluster_event": cmdClusterEvent, "implemented": cmdImplemented,
		"trace": cmdTrace, "wait": cmdWait, "load": cmdLoad, "bench": cmdBench, "gateway": cmdGateway, "grow": cmdGrow,
		"hold_posts": cmdHoldPosts, "support": cmdSupport,
	}
}

// run carries out one command and prints what came of it.
func (h *host) run(c command) {
	started := time.Now()
	event := []any{"cmd", c.Cmd}
	if c.Tag != "" {
		event = append(event, "tag", c.Tag)
	}
	var r result
	err := errors.New("unknown command")
	if f := commands[c.Cmd]; f != nil {
		r, err = f(h, c)
	}
	event = append(event, "us", time.Since(started).Microseconds())
	event = append(event, r...)
	if err != nil {
		event = append(event, "error", err.Error())
	}
	h.emit("done", event...)
}

// appErr turns a Mattermost error that may be absent into a Go error.
func appErr(err *model.AppError) error {
	if err == nil {
		return nil
	}
	return err
}

func (h *host) user(ref string) (*model.User, error) {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	if u := h.st.userRef(ref); u != nil {
		return u, nil
	}
	return nil, errors.New("no such user: " + ref)
}

func (h *host) channel(ref string) (*model.Channel, error) {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	if ref == "" {
		ref = "town-square"
	}
	if c := h.st.channelRef(ref); c != nil {
		return c, nil
	}
	return nil, errors.New("no such channel: " + ref)
}

// --- the plugin's life -----------------------------------------------------

func cmdActivate(h *host, c command) (result, error) {
	_, ok, err := h.env.Activate(c.ID)
	return result{"activated", ok, "plugin_pid", h.pluginPID(c.ID), "state", h.env.GetPluginState(c.ID)}, err
}

func cmdDeactivate(h *host, c command) (result, error) {
	return result{"ok", h.env.Deactivate(c.ID)}, nil
}

func cmdRestart(h *host, c command) (result, error) {
	err := h.env.RestartPlugin(c.ID)
	return result{"plugin_pid", h.pluginPID(c.ID)}, err
}

func cmdKill(h *host, c command) (result, error) {
	pid := h.pluginPID(c.ID)
	if pid == 0 {
		return nil, errors.New("no plugin process")
	}
	sig := syscall.SIGKILL
	if c.Signal != 0 {
		sig = syscall.Signal(c.Signal)
	}
	return result{"pid", pid}, syscall.Kill(pid, sig)
}

func cmdHealth(h *host, c command) (result, error) {
	return nil, h.env.PerformHealthCheck(c.ID)
}

// cmdCheck does what the health check job does for one plugin, restart policy
// included.
func cmdCheck(h *host, c command) (result, error) {
	h.env.TogglePluginHealthCheckJob(true)
	h.env.GetPluginHealthCheckJob().CheckPlugin(c.ID)
	return result{"state", h.env.GetPluginState(c.ID), "plugin_pid", h.pluginPID(c.ID)}, nil
}

func cmdState(h *host, c command) (result, error) {
	st, err := h.env.Statuses()
	if err != nil {
		return nil, err
	}
	return result{"state", h.env.GetPluginState(c.ID), "statuses", st, "plugin_pid", h.pluginPID(c.ID)}, nil
}

func cmdMem(h *host, c command) (result, error) {
	return result{"memory", memory(h.pluginPID(c.ID))}, nil
}

func cmdImplemented(h *host, c command) (result, error) {
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	names, err := hooks.Implemented()
	return result{"hooks", names}, err
}

// --- people and places -----------------------------------------------------

func cmdUser(h *host, c command) (result, error) {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	return result{"user", h.st.addUser(c.Name, c.Roles, false)}, nil
}

func cmdTeam(h *host, c command) (result, error) {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	return result{"team", h.st.addTeam(c.Name)}, nil
}

func cmdChannel(h *host, c command) (result, error) {
	h.st.mu.Lock()
	tm := h.st.teamRef(orElse(c.Team, "team"))
	v := h.st.addChannel(tm.Id, c.Name, model.ChannelType(orElse(c.Type, "O")))
	h.st.mu.Unlock()
	for _, n := range c.Users {
		u, err := h.user(n)
		if err != nil {
			return nil, err
		}
		h.addMember(v.Id, u.Id)
	}
	cx := h.ctx()
	h.goHook(plugin.ChannelHasBeenCreatedID, func(k plugin.Hooks) { k.ChannelHasBeenCreated(cx, v) })
	return result{"channel", v}, nil
}

func cmdDM(h *host, c command) (result, error) {
	if len(c.Users) != 2 {
		return nil, errors.New("users: two are needed")
	}
	a, err := h.user(c.Users[0])
	if err != nil {
		return nil, err
	}
	b, err := h.user(c.Users[1])
	if err != nil {
		return nil, err
	}
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	return result{"channel", h.st.direct(a.Id, b.Id)}, nil
}

func cmdGM(h *host, c command) (result, error) {
	var ids []string
	for _, n := range c.Users {
		u, err := h.user(n)
		if err != nil {
			return nil, err
		}
		ids = append(ids, u.Id)
	}
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	return result{"channel", h.st.group(ids)}, nil
}

func cmdJoin(h *host, c command) (result, error) {
	ch, err := h.channel(c.Channel)
	if err != nil {
		return nil, err
	}
	u, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	_, aerr := h.addMember(ch.Id, u.Id)
	h.async.wait()
	return nil, appErr(aerr)
}

func cmdPerm(h *host, c command) (result, error) {
	u, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	h.st.perms[u.Id+"/"+c.Perm] = c.Allow
	return nil, nil
}

// --- posts -----------------------------------------------------------------

func cmdPost(h *host, c command) (result, error) {
	u, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	ch, err := h.channel(c.Channel)
	if err != nil {
		return nil, err
	}
	p := &model.Post{UserId: u.Id, ChannelId: ch.Id, Message: c.Message, RootId: c.Root, FileIds: c.FileIDs, Props: c.Props}
	r, aerr := h.createPost(p)
	h.async.wait()
	return result{"post", r}, appErr(aerr)
}

// change updates a post as its author would.
func (h *host) change(id string, how func(p *model.Post)) (result, error) {
	h.st.mu.Lock()
	p := h.st.posts[id]
	h.st.mu.Unlock()
	if p == nil {
		return nil, errors.New("no such post")
	}
	p = p.Clone()
	how(p)
	r, aerr := h.updatePost(p)
	h.async.wait()
	return result{"post", r}, appErr(aerr)
}

func cmdEdit(h *host, c command) (result, error) {
	return h.change(c.Post, func(p *model.Post) { p.Message = c.Message })
}

func cmdPin(h *host, c command) (result, error) {
	return h.change(c.Post, func(p *model.Post) { p.IsPinned = c.On })
}

func cmdDelete(h *host, c command) (result, error) {
	aerr := h.deletePost(c.Post)
	h.async.wait()
	return nil, appErr(aerr)
}

func cmdReact(h *host, c command) (result, error) {
	u, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	r := &model.Reaction{UserId: u.Id, PostId: c.Post, EmojiName: c.Emoji}
	var aerr *model.AppError
	if c.Cmd == "react" {
		_, aerr = h.addReaction(r)
	} else {
		aerr = h.removeReaction(r)
	}
	h.async.wait()
	return nil, appErr(aerr)
}

func cmdPosts(h *host, c command) (result, error) {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	out := []*model.Post{}
	for _, id := range h.st.postOrder {
		out = append(out, h.st.posts[id].Clone())
	}
	return result{"posts", out}, nil
}

func cmdClick(h *host, c command) (result, error) {
	r, err := h.click(c.User, c.Post, c.Action, c.Selected)
	h.async.wait()
	return result{"response", r}, err
}

func cmdUpload(h *host, c command) (result, error) {
	data, err := base64.StdEncoding.DecodeString(c.Data)
	if err != nil {
		data = []byte(c.Data)
	}
	for i := range c.BodySize {
		data = append(data, byte(i%251))
	}
	u, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	ch, err := h.channel(c.Channel)
	if err != nil {
		return nil, err
	}
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	return result{"file", h.saveFile(u.Id, ch.Id, c.Name, data)}, nil
}

// --- commands, HTTP, settings ----------------------------------------------

func commandArgs(h *host, c command) (*model.CommandArgs, error) {
	u, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	ch, err := h.channel(c.Channel)
	if err != nil {
		return nil, err
	}
	return &model.CommandArgs{UserId: u.Id, ChannelId: ch.Id, TeamId: ch.TeamId, RootId: c.Root, Command: c.Command}, nil
}

// cmdSlash runs a slash command that a plugin has registered.
func cmdSlash(h *host, c command) (result, error) {
	args, err := commandArgs(h, c)
	if err != nil {
		return nil, err
	}
	r, aerr := h.slash(args)
	return result{"response", r}, appErr(aerr)
}

// cmdSupport asks the plugin for its part of a support packet, as the server does.
func cmdSupport(h *host, c command) (result, error) {
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	files, err := hooks.GenerateSupportData(h.ctx())
	if err != nil {
		return nil, err
	}
	contents := map[string]string{}
	for _, f := range files {
		contents[f.Filename] = string(f.Body)
	}
	return result{"files", contents}, nil
}

// cmdExecute calls the hook itself, whatever is registered.
func cmdExecute(h *host, c command) (result, error) {
	args, err := commandArgs(h, c)
	if err != nil {
		return nil, err
	}
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	args.TriggerId, args.SiteURL = model.NewId(), h.siteURL
	r, aerr := hooks.ExecuteCommand(h.ctx(), args)
	return result{"response", r}, appErr(aerr)
}

func cmdHTTP(h *host, c command) (result, error) {
	body := []byte(c.Body)
	if c.BodySize > 0 {
		body = randomBytes(c.BodySize)
	}
	p := c.Path
	if !strings.HasPrefix(p, "/plugins/") {
		p = "/plugins/" + c.ID + p
	}
	w := h.request(orElse(c.Method, "GET"), p, c.User, c.Headers, body)
	b := w.Body.Bytes()
	r := result{"status", w.Code, "headers", w.Header(), "size", len(b), "sha256", hash(b), "sent_sha256", hash(body)}
	if len(b) <= 65536 {
		r = append(r, "body", string(b))
	}
	return r, nil
}

func hash(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func cmdConfig(h *host, c command) (result, error) {
	h.st.mu.Lock()
	h.st.pluginCfg[c.ID] = c.Config
	h.st.mu.Unlock()
	h.configChanged()
	return nil, nil
}

func cmdKV(h *host, c command) (result, error) {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	out := map[string]string{}
	for _, k := range h.st.kvKeys(c.ID) {
		out[k] = string(h.st.kvGet(c.ID, k))
	}
	return result{"kv", out}, nil
}

func cmdClusterEvent(h *host, c command) (result, error) {
	cx := h.ctx()
	h.env.RunMultiPluginHook(func(k plugin.Hooks, _ *model.Manifest) bool {
		k.OnPluginClusterEvent(cx, model.PluginClusterEvent{Id: c.Name, Data: []byte(c.Data)})
		return true
	}, plugin.OnPluginClusterEventID)
	return nil, nil
}

func cmdTrace(h *host, c command) (result, error) {
	h.trace.Store(c.On)
	return nil, nil
}

func cmdWait(h *host, c command) (result, error) {
	time.Sleep(time.Duration(c.MS) * time.Millisecond)
	h.async.wait()
	return nil, nil
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
