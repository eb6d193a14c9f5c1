// SPDX-License-Identifier: Apache-2.0

// Command host runs the real Mattermost plugin host code (plugin.Environment of
// the server's public module) against one plugin, with an in-memory chat server
// behind the plugin API. It reads commands as JSON lines on standard input and
// prints everything that happens as JSON lines on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/shared/mlog"
)

func main() {
	dir := flag.String("plugins", "", "folder that holds unpacked plugins, one folder a plugin")
	webapp := flag.String("webapp", "", "folder for unpacked web app bundles (default: a temporary one)")
	id := flag.String("id", "", "id of the plugin to activate at the start")
	addr := flag.String("http", "127.0.0.1:0", "address of the HTTP listener (loopback only)")
	trace := flag.Bool("trace", true, "print every API call and post")
	logs := flag.String("log", "", "file for the server's own log, JSON lines (default: none)")
	health := flag.Bool("health", false, "run the server's health check job (every 30 s)")
	cfgJSON := flag.String("config", "{}", "plugin configuration, a JSON object")
	gatewayToken := flag.String("gateway-token", "", "start a look-alike of the gateway with this token; \"$gateway\" in -config stands for its address")
	version := flag.Bool("version", false, "print the version of Mattermost's module and end")
	flag.Parse()
	if *version {
		fmt.Println(moduleVersion())
		return
	}

	h := &host{st: newStore(), pluginDir: *dir, diagID: model.NewId(), started: time.Now(), out: os.Stdout, jobs: map[string]*job{}}
	h.trace.Store(*trace)
	if *webapp == "" {
		*webapp, _ = os.MkdirTemp("", "harness-webapp")
		defer os.RemoveAll(*webapp)
	}
	logger, err := mlog.NewLogger()
	check(err)
	if *logs != "" {
		opts, _ := json.Marshal(map[string]any{"filename": *logs})
		check(logger.ConfigureTargets(mlog.LoggerConfiguration{"file": {Type: "file", Format: "json", Levels: mlog.StdAll, Options: opts}}, nil))
	}
	mlog.InitGlobalLogger(logger)
	defer logger.Shutdown()

	gatewayURL := ""
	if *gatewayToken != "" {
		h.gateway, err = startGateway(h, *gatewayToken)
		check(err)
		gatewayURL = h.gateway.url
	}
	var cfg map[string]any
	check(json.Unmarshal([]byte(strings.ReplaceAll(*cfgJSON, "$gateway", gatewayURL)), &cfg))
	if *id != "" {
		h.st.pluginCfg[*id] = cfg
	}
	h.env, err = plugin.NewEnvironment(func(m *model.Manifest) plugin.API { return newAPI(h, m) }, noDB{}, *dir, *webapp, logger, nil)
	check(err)

	l, err := net.Listen("tcp", *addr)
	check(err)
	h.siteURL = "http://" + l.Addr().String()
	h.st.config.ServiceSettings.SiteURL = model.NewPointer(h.siteURL)
	go http.Serve(l, h)

	team := h.st.addTeam("team")
	town := h.st.addChannel(team.Id, "town-square", model.ChannelTypeOpen)
	for _, n := range []string{"admin", "alice", "bob"} {
		roles := "system_user"
		if n == "admin" {
			roles = "system_admin system_user"
		}
		h.st.join(town.Id, h.st.addUser(n, roles, false).Id)
	}
	h.emit("ready", "http", h.siteURL, "server_version", model.CurrentVersion, "module", moduleVersion(), "gateway", gatewayURL, "pid", os.Getpid())
	if *id != "" {
		h.run(command{Cmd: "activate", ID: *id})
	}
	h.env.TogglePluginHealthCheckJob(*health)

	var background sync.WaitGroup
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(make([]byte, 1<<20), 64<<20)
	for sc.Scan() {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var c command
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			h.emit("error", "error", err.Error(), "line", line)
			continue
		}
		if c.ID == "" {
			c.ID = *id
		}
		if c.Cmd == "quit" {
			break
		}
		if c.Async {
			background.Go(func() { h.run(c) })
			continue
		}
		h.run(c)
	}
	background.Wait()
	h.stopJobs()
	t := time.Now()
	h.async.wait()
	h.env.Shutdown()
	h.emit("shutdown", "us", time.Since(t).Microseconds())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		os.Exit(1)
	}
}

// moduleVersion tells which version of Mattermost's module this program is.
func moduleVersion() string {
	const module = "github.com/mattermost/mattermost/server/public"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == module {
				return d.Version
			}
		}
	}
	return "unknown"
}
