// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// host ties the real plugin environment to the in-memory chat server.
type host struct {
	st        *store
	env       *plugin.Environment
	pluginDir string
	trace     atomic.Bool
	jobsMu    sync.Mutex
	jobs      map[string]*job
	diagID    string
	started   time.Time
	outMu     sync.Mutex
	out       io.Writer
	async     pending
	siteURL   string
	gateway   *gateway // nil: none
	previews  previews
	postGates [2]gate // before a plugin's post stands, before it is acknowledged
}

// emit prints one event as a JSON line.
func (h *host) emit(ev string, kv ...any) {
	m := map[string]any{"ev": ev, "t_ms": time.Since(h.started).Milliseconds()}
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		b, _ = json.Marshal(map[string]any{"ev": ev, "marshal_error": err.Error()})
	}
	h.outMu.Lock()
	defer h.outMu.Unlock()
	h.out.Write(append(b, '\n'))
}

func (h *host) ctx() *plugin.Context {
	return &plugin.Context{RequestId: model.NewId(), SessionId: "", IPAddress: "127.0.0.1", AcceptLanguage: "en", UserAgent: "harness"}
}

// goHook runs a "has been" hook as the server does: off the request's path.
func (h *host) goHook(id int, f func(plugin.Hooks)) {
	h.async.add(1)
	go func() {
		defer h.async.add(-1)
		h.env.RunMultiPluginHook(func(hooks plugin.Hooks, _ *model.Manifest) bool { f(hooks); return true }, id)
	}()
}

func (h *host) createPost(p *model.Post) (*model.Post, *model.AppError) {
	h.st.mu.Lock()
	bad := h.st.channels[p.ChannelId] == nil || h.st.users[p.UserId] == nil
	h.st.mu.Unlock()
	if bad {
		return nil, badRequest("CreatePost", "harness.create_post.bad_channel_or_user")
	}
	p = p.Clone()
	var reject string
	c := h.ctx()
	h.env.RunMultiPluginHook(func(hooks plugin.Hooks, _ *model.Manifest) bool {
		repl, why := hooks.MessageWillBePosted(c, p.Clone())
		if why != "" {
			reject = why
			return false
		}
		if repl != nil {
			p = repl
		}
		return true
	}, plugin.MessageWillBePostedID)
	if reject != "" {
		h.emit("post_rejected", "reason", reject)
		return nil, model.NewAppError("createPost", "Post rejected by plugin. "+reject, nil, "", http.StatusBadRequest)
	}
	p.PreSave()
	p.GenerateActionIds()
	h.st.mu.Lock()
	h.st.keep(p)
	h.st.mu.Unlock()
	if h.trace.Load() {
		h.emit("post", "post", p)
	}
	forPlugins := p.Clone()
	h.goHook(plugin.MessageHasBeenPostedID, func(hooks plugin.Hooks) { hooks.MessageHasBeenPosted(c, forPlugins.Clone()) })
	return p, nil
}

func (h *host) updatePost(p *model.Post) (*model.Post, *model.AppError) {
	h.st.mu.Lock()
	old := h.st.posts[p.Id]
	h.st.mu.Unlock()
	if old == nil || old.DeleteAt != 0 {
		return nil, notFound("UpdatePost")
	}
	old, p = old.Clone(), p.Clone()
	c := h.ctx()
	var reject string
	h.env.RunMultiPluginHook(func(hooks plugin.Hooks, _ *model.Manifest) bool {
		repl, why := hooks.MessageWillBeUpdated(c, p.Clone(), old)
		if repl == nil {
			reject = "rejected: " + why
			return false
		}
		p = repl
		return true
	}, plugin.MessageWillBeUpdatedID)
	if reject != "" {
		return nil, model.NewAppError("UpdatePost", "Post rejected by plugin. "+reject, nil, "", http.StatusBadRequest)
	}
	n := old.Clone()
	// As the server: what is absent becomes empty.
	n.Message, n.Props, n.FileIds, n.IsPinned = p.Message, p.Props, p.FileIds, p.IsPinned
	n.HasReactions = p.HasReactions
	n.UpdateAt = now()
	if n.Message != old.Message || !slices.Equal(n.FileIds, old.FileIds) {
		n.EditAt = n.UpdateAt
	}
	n.GenerateActionIds()
	h.st.mu.Lock()
	h.st.posts[n.Id] = n.Clone()
	h.st.mu.Unlock()
	if h.trace.Load() {
		h.emit("post_updated", "post", n)
	}
	h.goHook(plugin.MessageHasBeenUpdatedID, func(hooks plugin.Hooks) { hooks.MessageHasBeenUpdated(c, n.Clone(), old.Clone()) })
	return n, nil
}

func (h *host) deletePost(id string) *model.AppError {
	h.st.mu.Lock()
	p := h.st.posts[id]
	if p != nil {
		p.DeleteAt = now()
	}
	h.st.mu.Unlock()
	if p == nil {
		return notFound("DeletePost")
	}
	h.emit("post_deleted", "id", id)
	c, q := h.ctx(), p.Clone()
	h.goHook(plugin.MessageHasBeenDeletedID, func(hooks plugin.Hooks) { hooks.MessageHasBeenDeleted(c, q) })
	return nil
}

func (h *host) addReaction(r *model.Reaction) (*model.Reaction, *model.AppError) {
	h.st.mu.Lock()
	p := h.st.posts[r.PostId]
	if p == nil {
		h.st.mu.Unlock()
		return nil, notFound("AddReaction")
	}
	n := &model.Reaction{UserId: r.UserId, PostId: r.PostId, EmojiName: r.EmojiName, CreateAt: now(), UpdateAt: now(), ChannelId: p.ChannelId, RemoteId: model.NewPointer("")}
	for _, old := range h.st.reactions[r.PostId] {
		if old.UserId == n.UserId && old.EmojiName == n.EmojiName {
			h.st.mu.Unlock()
			return old, nil
		}
	}
	h.st.reactions[r.PostId] = append(h.st.reactions[r.PostId], n)
	p.HasReactions = true
	h.st.mu.Unlock()
	h.emit("reaction_added", "reaction", n)
	c := h.ctx()
	h.goHook(plugin.ReactionHasBeenAddedID, func(hooks plugin.Hooks) { hooks.ReactionHasBeenAdded(c, n) })
	return n, nil
}

func (h *host) removeReaction(r *model.Reaction) *model.AppError {
	h.st.mu.Lock()
	var gone *model.Reaction
	l := h.st.reactions[r.PostId]
	for i, old := range l {
		if old.UserId == r.UserId && old.EmojiName == r.EmojiName {
			gone = old
			h.st.reactions[r.PostId] = append(append([]*model.Reaction{}, l[:i]...), l[i+1:]...)
			break
		}
	}
	h.st.mu.Unlock()
	if gone == nil {
		return notFound("RemoveReaction")
	}
	h.emit("reaction_removed", "reaction", gone)
	c := h.ctx()
	h.goHook(plugin.ReactionHasBeenRemovedID, func(hooks plugin.Hooks) { hooks.ReactionHasBeenRemoved(c, gone) })
	return nil
}

func (h *host) addMember(ch, user string) (*model.ChannelMember, *model.AppError) {
	h.st.mu.Lock()
	if h.st.channels[ch] == nil || h.st.users[user] == nil {
		h.st.mu.Unlock()
		return nil, notFound("AddChannelMember")
	}
	m := h.st.join(ch, user)
	h.st.mu.Unlock()
	c := h.ctx()
	h.goHook(plugin.UserHasJoinedChannelID, func(hooks plugin.Hooks) { hooks.UserHasJoinedChannel(c, m, nil) })
	return m, nil
}

// saveFile stores a file; the caller has the lock.
func (h *host) saveFile(user, ch, name string, data []byte) *model.FileInfo {
	ext := strings.TrimPrefix(filepath.Ext(name), ".")
	f := &model.FileInfo{Id: model.NewId(), CreatorId: user, ChannelId: ch, Name: name, Extension: ext, Size: int64(len(data)),
		MimeType: http.DetectContentType(data), CreateAt: now(), UpdateAt: now(), Path: "data/" + name}
	h.st.files[f.Id] = f
	h.st.fileData[f.Id] = append([]byte{}, data...)
	return f
}

func (h *host) fileBytes(key string) []byte {
	h.st.mu.Lock()
	defer h.st.mu.Unlock()
	return h.st.fileData[key]
}

// slash runs a slash command of a plugin and posts its response.
func (h *host) slash(args *model.CommandArgs) (*model.CommandResponse, *model.AppError) {
	trigger := args.Command
	if i := strings.IndexFunc(trigger, unicode.IsSpace); i >= 0 {
		trigger = trigger[:i]
	}
	trigger = strings.ToLower(strings.TrimPrefix(trigger, "/"))
	h.st.mu.Lock()
	owner := h.st.cmdOwner[args.TeamId+"/"+trigger]
	if h.st.commands[args.TeamId+"/"+trigger] == nil {
		owner = ""
	}
	if owner == "" && h.st.commands["/"+trigger] != nil {
		owner = h.st.cmdOwner["/"+trigger]
	}
	h.st.mu.Unlock()
	if owner == "" {
		return nil, notFound("ExecuteCommand")
	}
	hooks, err := h.env.HooksForPlugin(owner)
	if err != nil {
		return nil, model.NewAppError("ExecuteCommand", "model.plugin_command.error.app_error", nil, err.Error(), http.StatusInternalServerError)
	}
	args.TriggerId = model.NewId()
	args.SiteURL = h.siteURL
	c := h.ctx()
	resp, appErr := hooks.ExecuteCommand(c, args)
	if appErr != nil {
		return nil, appErr
	}
	if resp == nil {
		return nil, model.NewAppError("ExecuteCommand", "harness.command_crashed_or_empty", nil, "", http.StatusInternalServerError)
	}
	return resp, nil
}

func (h *host) configChanged() {
	h.env.RunMultiPluginHook(func(hooks plugin.Hooks, m *model.Manifest) bool {
		if err := hooks.OnConfigurationChange(); err != nil {
			h.emit("config_error", "plugin", m.Id, "error", err.Error())
		}
		return true
	}, plugin.OnConfigurationChangeID)
}

// ServeHTTP routes /plugins/{id}/... as the server does: it drops the
// credentials, sets the user id header and cuts the prefix off.
func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/plugins/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	id, _, _ := strings.Cut(rest, "/")
	hooks, err := h.env.HooksForPlugin(id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	c := h.ctx()
	c.UserAgent = r.UserAgent()
	if r.Header.Get("X-Harness-Duplex") != "" {
		// The server does not do this: there, a body that was not read when the
		// answer began is cut off.
		http.NewResponseController(w).EnableFullDuplex()
	}
	user, metrics := r.Header.Get("X-Harness-User"), r.Header.Get("X-Harness-Metrics") != ""
	for _, k := range []string{"X-Harness-User", "X-Harness-Metrics", "X-Harness-Duplex", "Authorization", "Mattermost-User-Id", "Mattermost-Plugin-Id", "Referer", "Cookie"} {
		r.Header.Del(k)
	}
	if user != "" {
		h.st.mu.Lock()
		if u := h.st.userRef(user); u != nil {
			r.Header.Set("Mattermost-User-Id", u.Id)
			c.SessionId = "session-" + u.Id
		}
		h.st.mu.Unlock()
	}
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/plugins/"+id)
	if metrics { // as the server's metrics port does
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/metrics")
		hooks.ServeMetrics(c, w, r)
		return
	}
	hooks.ServeHTTP(c, w, r)
}

// request sends one HTTP request through the plugin without a socket.
func (h *host) request(method, path, user string, header map[string]string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.RemoteAddr = "127.0.0.1:9"
	for k, v := range header {
		r.Header.Set(k, v)
	}
	if user != "" {
		r.Header.Set("X-Harness-User", user)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// click presses a button or picks from a menu of a post's attachment.
func (h *host) click(userRef, postID, action, selected string) (*model.PostActionIntegrationResponse, error) {
	h.st.mu.Lock()
	p := h.st.posts[postID]
	if p == nil {
		p = h.st.ephemeral[postID]
	}
	u := h.st.userRef(userRef)
	if p == nil || u == nil {
		h.st.mu.Unlock()
		return nil, fmt.Errorf("no such post or user")
	}
	p = p.Clone()
	ch := h.st.channels[p.ChannelId]
	req := model.PostActionIntegrationRequest{UserId: u.Id, UserName: u.Username, ChannelId: p.ChannelId, PostId: p.Id, TriggerId: model.NewId()}
	if ch != nil {
		req.ChannelName, req.TeamId = ch.Name, ch.TeamId
		if t := h.st.teams[ch.TeamId]; t != nil {
			req.TeamName = t.Name
		}
	}
	h.st.mu.Unlock()
	var act *model.PostAction
	for _, at := range p.Attachments() {
		for _, x := range at.Actions {
			if x.Id == action || x.Name == action {
				act = x
			}
		}
	}
	if act == nil || act.Integration == nil {
		return nil, fmt.Errorf("no such action")
	}
	req.Type, req.DataSource, req.Context = act.Type, act.DataSource, act.Integration.Context
	if selected != "" {
		if req.Context == nil {
			req.Context = map[string]any{}
		}
		req.Context["selected_option"] = selected
	}
	body, _ := json.Marshal(req)
	url := strings.TrimPrefix(act.Integration.URL, h.siteURL)
	w := h.request("POST", url, u.Id, map[string]string{"Content-Type": "application/json"}, body)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("integration answered %d: %s", w.Code, w.Body.String())
	}
	var resp model.PostActionIntegrationResponse
	if err := json.Unmarshal(w.Body.Bytes(), &resp); err != nil {
		return nil, fmt.Errorf("integration's answer is no JSON: %w", err)
	}
	if resp.Update != nil {
		n := p.Clone()
		n.Message = resp.Update.Message
		if resp.Update.Props != nil {
			n.Props = resp.Update.Props
		}
		if _, err := h.updatePost(n); err != nil {
			return nil, err
		}
	}
	if resp.EphemeralText != "" {
		h.emit("ephemeral", "user", u.Id, "text", resp.EphemeralText)
	}
	return &resp, nil
}

// pluginPID finds the plugin's process: our child that runs from the bundle.
func (h *host) pluginPID(id string) int {
	me := os.Getpid()
	dir, _ := filepath.Abs(filepath.Join(h.pluginDir, id))
	dir, _ = filepath.EvalSymlinks(dir)
	procs, _ := os.ReadDir("/proc")
	for _, d := range procs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		if err != nil || !strings.HasPrefix(exe, dir+"/") {
			continue
		}
		if ppidOf(pid) == me {
			return pid
		}
	}
	return 0
}

func ppidOf(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	n, _ := strconv.Atoi(f[1])
	return n
}

// memory sums the resident memory of a process and of its descendants, in kB.
func memory(pid int) map[string]any {
	out := map[string]any{"pid": pid}
	total, n := 0, 0
	procs, _ := os.ReadDir("/proc")
	kids := map[int][]int{}
	for _, d := range procs {
		if p, err := strconv.Atoi(d.Name()); err == nil {
			kids[ppidOf(p)] = append(kids[ppidOf(p)], p)
		}
	}
	var walk func(int)
	walk = func(p int) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p))
		if err != nil {
			return
		}
		for _, l := range strings.Split(string(b), "\n") {
			var kb int
			if _, err := fmt.Sscanf(l, "VmRSS: %d kB", &kb); err == nil {
				total += kb
			}
			if p == pid {
				if _, err := fmt.Sscanf(l, "VmHWM: %d kB", &kb); err == nil {
					out["hwm_kb"] = kb
				}
				var t int
				if _, err := fmt.Sscanf(l, "Threads: %d", &t); err == nil {
					out["threads"] = t
				}
			}
		}
		n++
		for _, k := range kids[p] {
			walk(k)
		}
	}
	walk(pid)
	out["rss_kb"], out["processes"] = total, n
	return out
}
