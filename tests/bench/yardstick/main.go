// SPDX-License-Identifier: Apache-2.0

// Command yardstick is a Go plugin, built with Mattermost's own SDK, that uses
// what a chat bot uses. Ours is measured against it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

type refPlugin struct {
	plugin.MattermostPlugin
	bot   string
	quiet bool
	cfg   struct{ Greeting string }
}

func (p *refPlugin) OnConfigurationChange() error {
	return p.API.LoadPluginConfiguration(&p.cfg)
}

func (p *refPlugin) OnActivate() error {
	id, err := p.API.EnsureBotUser(&model.Bot{Username: "refbot", DisplayName: "Reference bot", Description: "yardstick"})
	if err != nil {
		return err
	}
	p.bot = id
	if p.cfg.Greeting == "fail" {
		return fmt.Errorf("asked to fail")
	}
	return p.API.RegisterCommand(&model.Command{Trigger: "ref", AutoComplete: true, AutoCompleteDesc: "Reference command", AutoCompleteHint: "[text]", DisplayName: "Ref"})
}

func (p *refPlugin) OnDeactivate() error {
	p.API.LogInfo("bye")
	return nil
}

func (p *refPlugin) MessageWillBePosted(_ *plugin.Context, post *model.Post) (*model.Post, string) {
	switch {
	case strings.HasPrefix(post.Message, "!reject"):
		return nil, "refused by the reference plugin"
	case strings.HasPrefix(post.Message, "!change"):
		post.Message = "changed"
		return post, ""
	}
	return nil, ""
}

func (p *refPlugin) MessageHasBeenPosted(_ *plugin.Context, post *model.Post) {
	if post.UserId == p.bot || !strings.HasPrefix(post.Message, "!") {
		return
	}
	word, rest, _ := strings.Cut(post.Message[1:], " ")
	reply := &model.Post{UserId: p.bot, ChannelId: post.ChannelId, RootId: post.Id, Message: "you said: " + rest}
	switch word {
	case "echo":
		p.API.CreatePost(reply)
	case "edit":
		if r, err := p.API.CreatePost(reply); err == nil {
			r.Message += " (edited)"
			p.API.UpdatePost(r)
		}
	case "buttons":
		reply.Props = model.StringInterface{"attachments": []*model.MessageAttachment{{Text: "choose", Actions: []*model.PostAction{
			{Id: "yes", Type: "button", Name: "Yes", Style: "good", Integration: &model.PostActionIntegration{URL: "/plugins/refplugin/act", Context: map[string]any{"v": "yes", "n": 1, "f": 1.5, "b": true}}}}}}}
		p.API.CreatePost(reply)
	case "anybuttons":
		reply.Props = model.StringInterface{"attachments": []any{map[string]any{"text": "choose", "actions": []any{map[string]any{
			"id": "yes", "type": "button", "name": "Yes", "integration": map[string]any{"url": "/plugins/refplugin/act", "context": map[string]any{"v": "any"}}}}}}}
		p.API.CreatePost(reply)
	case "user":
		p.API.GetUser(post.UserId)
	case "nouser":
		p.API.GetUser("nosuchuserid")
	case "kv":
		p.API.KVSetWithOptions("key", []byte(rest), model.PluginKVSetOptions{Atomic: true, OldValue: nil, ExpireInSeconds: 60})
		p.API.KVGet("key")
		p.API.KVList(0, 10)
	case "log":
		p.API.LogError("something happened", "number", 42, "text", rest, "err", fmt.Errorf("boom"))
	case "ephemeral":
		p.API.SendEphemeralPost(post.UserId, reply)
	case "react":
		p.API.AddReaction(&model.Reaction{UserId: p.bot, PostId: post.Id, EmojiName: "thumbsup"})
	case "ws":
		p.API.PublishWebSocketEvent("tick", map[string]any{"n": 1, "l": []any{"a", 2.5, nil}}, &model.WebsocketBroadcast{UserId: post.UserId})
	case "perm":
		p.API.HasPermissionToChannel(post.UserId, post.ChannelId, model.PermissionCreatePost)
	case "channel":
		p.API.GetChannel(post.ChannelId)
		p.API.GetChannelMembers(post.ChannelId, 0, 10)
		p.API.GetDirectChannel(p.bot, post.UserId)
	case "file":
		p.API.UploadFile([]byte("file text"), post.ChannelId, "a.txt")
	case "config":
		p.API.GetConfig()
	case "stdout":
		fmt.Println("a line on stdout")
		fmt.Fprintln(os.Stderr, "a line on stderr")
		log.Println("a line of the standard logger")
	case "panic":
		panic("asked to panic")
	case "exit":
		os.Exit(3)
	}
}

func (p *refPlugin) ReactionHasBeenAdded(_ *plugin.Context, r *model.Reaction) {
	p.API.LogDebug("reaction", "emoji", r.EmojiName)
}

func (p *refPlugin) ExecuteCommand(_ *plugin.Context, a *model.CommandArgs) (*model.CommandResponse, *model.AppError) {
	if strings.Contains(a.Command, "fail") {
		return nil, model.NewAppError("ExecuteCommand", "refplugin.fail", map[string]any{"a": 1}, "as asked", http.StatusTeapot)
	}
	return &model.CommandResponse{ResponseType: model.CommandResponseTypeEphemeral, Text: "ran " + a.Command}, nil
}

func (p *refPlugin) OnPluginClusterEvent(_ *plugin.Context, ev model.PluginClusterEvent) {
	p.API.LogInfo("cluster event", "id", ev.Id, "data", string(ev.Data))
}

func (p *refPlugin) ServeHTTP(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/bench/small":
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, "hello "+r.Header.Get("Mattermost-User-Id"))
	case "/bench/echo":
		io.Copy(w, r.Body)
	case "/stream":
		for i := range 3 {
			fmt.Fprintf(w, "part %d\n", i)
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
		}
	case "/big":
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		b := make([]byte, 32*1024)
		for n > 0 {
			k, err := w.Write(b[:min(n, len(b))])
			if err != nil {
				return
			}
			n -= k
		}
	case "/act":
		var req model.PostActionIntegrationRequest
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(model.PostActionIntegrationResponse{Update: &model.Post{Message: fmt.Sprintf("pressed %v", req.Context["v"])}, EphemeralText: "thanks"})
	case "/bench/api":
		p.benchAPI(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *refPlugin) benchAPI(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	run := func(f func(int)) map[string]any {
		for i := range 50 {
			f(i)
		}
		d := make([]time.Duration, n)
		for i := range d {
			t := time.Now()
			f(i)
			d[i] = time.Since(t)
		}
		sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
		us := func(q float64) float64 { return float64(d[int(q*float64(n-1))].Nanoseconds()) / 1000 }
		return map[string]any{"n": n, "min_us": us(0), "p50_us": us(.5), "p90_us": us(.9), "p99_us": us(.99)}
	}
	calls := map[string]func(int){
		"KVGet":            func(int) { p.API.KVGet("nokey") },
		"GetUser":          func(int) { p.API.GetUser(p.bot) },
		"KVSetWithOptions": func(int) { p.API.KVSetWithOptions("b", []byte("v"), model.PluginKVSetOptions{}) },
		"CreatePost": func(int) {
			p.API.CreatePost(&model.Post{UserId: p.bot, ChannelId: r.URL.Query().Get("channel"), Message: "bench"})
		},
	}
	what := r.URL.Query().Get("what")
	if calls[what] == nil || n < 1 {
		http.Error(w, "n and what are needed", http.StatusBadRequest)
		return
	}
	out := map[string]any{what: run(calls[what])}
	json.NewEncoder(w).Encode(out)
}

func main() { plugin.ClientMain(&refPlugin{}) }
