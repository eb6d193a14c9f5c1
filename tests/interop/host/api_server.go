// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

func (a *api) LoadPluginConfiguration(dest any) error {
	a.call("LoadPluginConfiguration")
	defer a.lock()()
	merged := map[string]any{}
	if a.manifest.SettingsSchema != nil {
		for _, s := range a.manifest.SettingsSchema.Settings {
			if s.Default != nil {
				merged[strings.ToLower(s.Key)] = s.Default
			}
		}
	}
	for k, v := range a.h.st.pluginCfg[a.manifest.Id] {
		merged[strings.ToLower(k)] = v
	}
	if p, ok := dest.(*any); ok {
		*p = merged
		return nil
	}
	return fmt.Errorf("unexpected destination %T", dest)
}

func (a *api) GetPluginConfig() map[string]any {
	a.call("GetPluginConfig")
	defer a.lock()()
	return a.h.st.pluginCfg[a.manifest.Id]
}

func (a *api) SavePluginConfig(c map[string]any) *model.AppError {
	a.call("SavePluginConfig", c)
	unlock := a.lock()
	a.h.st.pluginCfg[a.manifest.Id] = c
	unlock()
	go a.h.configChanged()
	return nil
}

func (a *api) GetConfig() *model.Config {
	a.call("GetConfig")
	defer a.lock()()
	c := a.h.st.config.Clone()
	c.Sanitize(nil, nil)
	return c
}

func (a *api) GetUnsanitizedConfig() *model.Config {
	a.call("GetUnsanitizedConfig")
	defer a.lock()()
	return a.h.st.config.Clone()
}

func (a *api) SaveConfig(c *model.Config) *model.AppError {
	a.call("SaveConfig")
	defer a.lock()()
	a.h.st.config = c
	return nil
}

func (a *api) GetBundlePath() (string, error) {
	a.call("GetBundlePath")
	return filepath.Join(a.h.pluginDir, a.manifest.Id), nil
}
func (a *api) GetServerVersion() string   { a.call("GetServerVersion"); return model.CurrentVersion }
func (a *api) GetPluginID() string        { a.call("GetPluginID"); return a.manifest.Id }
func (a *api) GetDiagnosticId() string    { a.call("GetDiagnosticId"); return a.h.diagID }
func (a *api) GetTelemetryId() string     { a.call("GetTelemetryId"); return a.h.diagID }
func (a *api) IsEnterpriseReady() bool    { return false }
func (a *api) GetLicense() *model.License { a.call("GetLicense"); return nil }
func (a *api) GetSystemInstallDate() (int64, *model.AppError) {
	return a.h.started.UnixMilli(), nil
}

func (a *api) RegisterCommand(c *model.Command) error {
	a.call("RegisterCommand", c)
	if strings.TrimSpace(c.Trigger) == "" {
		return fmt.Errorf("invalid command")
	}
	defer a.lock()()
	k := c.TeamId + "/" + strings.ToLower(strings.TrimPrefix(c.Trigger, "/"))
	a.h.st.commands[k] = c
	a.h.st.cmdOwner[k] = a.manifest.Id
	return nil
}

func (a *api) UnregisterCommand(team, trigger string) error {
	a.call("UnregisterCommand", team, trigger)
	defer a.lock()()
	delete(a.h.st.commands, team+"/"+strings.ToLower(trigger))
	return nil
}

func (a *api) ExecuteSlashCommand(args *model.CommandArgs) (*model.CommandResponse, error) {
	a.call("ExecuteSlashCommand", args)
	r, err := a.h.slash(args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (a *api) OpenInteractiveDialog(d model.OpenDialogRequest) *model.AppError {
	a.call("OpenInteractiveDialog", d)
	defer a.lock()()
	a.h.st.dialogs = append(a.h.st.dialogs, d)
	a.h.emit("dialog", "dialog", d)
	return nil
}

func (a *api) allowed(user, perm string) bool {
	defer a.lock()()
	if v, ok := a.h.st.perms[user+"/"+perm]; ok {
		return v
	}
	u := a.h.st.users[user]
	return u != nil && (u.IsSystemAdmin() || perm == model.PermissionCreatePost.Id || perm == model.PermissionReadChannel.Id)
}

func (a *api) HasPermissionTo(user string, p *model.Permission) bool {
	a.call("HasPermissionTo", user, p.Id)
	return a.allowed(user, p.Id)
}

func (a *api) HasPermissionToTeam(user, team string, p *model.Permission) bool {
	a.call("HasPermissionToTeam", user, team, p.Id)
	return a.allowed(user, p.Id)
}

func (a *api) HasPermissionToChannel(user, ch string, p *model.Permission) bool {
	a.call("HasPermissionToChannel", user, ch, p.Id)
	return a.allowed(user, p.Id)
}

func (a *api) PublishWebSocketEvent(event string, payload map[string]any, b *model.WebsocketBroadcast) {
	a.call("PublishWebSocketEvent", event)
	a.h.emit("websocket", "event", "custom_"+a.manifest.Id+"_"+event, "payload", payload, "broadcast", b)
}

func (a *api) PublishUserTyping(user, ch, parent string) *model.AppError {
	a.call("PublishUserTyping", user, ch, parent)
	return nil
}

func (a *api) PublishPluginClusterEvent(ev model.PluginClusterEvent, o model.PluginClusterEventSendOptions) error {
	a.call("PublishPluginClusterEvent", ev.Id, string(ev.Data), o)
	return nil
}

func (a *api) SendPushNotification(n *model.PushNotification, user string) *model.AppError {
	a.call("SendPushNotification", user)
	return nil
}

func (a *api) SendMail(to, subject, body string) *model.AppError {
	a.call("SendMail", to, subject)
	return nil
}

func (a *api) log(level, msg string, kv []any) {
	a.h.emit("plugin_log", "level", level, "msg", msg, "kv", kv)
}
// LogAuditRec prints what the server would write to its audit log.
func (a *api) LogAuditRec(rec *model.AuditRecord) { a.h.emit("audit", "record", rec) }

func (a *api) LogDebug(msg string, kv ...any) { a.log("debug", msg, kv) }
func (a *api) LogInfo(msg string, kv ...any)  { a.log("info", msg, kv) }
func (a *api) LogWarn(msg string, kv ...any)  { a.log("warn", msg, kv) }
func (a *api) LogError(msg string, kv ...any) { a.log("error", msg, kv) }

// PluginHTTP sends a request to a plugin of the harness, this one included.
func (a *api) PluginHTTP(r *http.Request) *http.Response {
	a.call("PluginHTTP", r.Method, r.URL.String())
	w := httptest.NewRecorder()
	r.Header.Set("Mattermost-Plugin-ID", a.manifest.Id)
	id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	hooks, err := a.h.env.HooksForPlugin(id)
	if err != nil {
		return &http.Response{StatusCode: http.StatusNotFound, Body: io.NopCloser(&bytes.Buffer{})}
	}
	r.URL.Path = "/" + rest
	hooks.ServeHTTP(&plugin.Context{RequestId: model.NewId()}, w, r)
	return w.Result()
}

func contains(l []string, s string) bool {
	for _, x := range l {
		if x == s {
			return true
		}
	}
	return false
}
