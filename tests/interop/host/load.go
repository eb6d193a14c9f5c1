// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// job is work that goes on beside the commands until it is told to stop.
type job struct {
	stop    chan struct{}
	workers sync.WaitGroup
	mu      sync.Mutex
	count   map[string]int
	slowest map[string]time.Duration
	errors  []string
}

const keptErrors = 20

func newJob() *job {
	return &job{stop: make(chan struct{}), count: map[string]int{}, slowest: map[string]time.Duration{}}
}

// loop runs f again and again until the job is stopped; f names what came of it.
func (j *job) loop(pause time.Duration, f func() (string, error)) {
	j.workers.Go(func() {
		for {
			select {
			case <-j.stop:
				return
			case <-time.After(pause):
			}
			t := time.Now()
			name, err := f()
			d := time.Since(t)
			j.mu.Lock()
			j.count[name]++
			j.slowest[name] = max(j.slowest[name], d)
			if err != nil && len(j.errors) < keptErrors {
				j.errors = append(j.errors, err.Error())
			}
			j.mu.Unlock()
		}
	})
}

// finish ends the job and tells what it did.
func (j *job) finish() result {
	close(j.stop)
	j.workers.Wait()
	slowest := map[string]int64{}
	for k, d := range j.slowest {
		slowest[k] = d.Milliseconds()
	}
	return result{"count", j.count, "slowest_ms", slowest, "errors", j.errors}
}

// startStop keeps at most one job of a kind.
func (h *host) startStop(kind string, on bool, start func(*job)) (result, error) {
	h.jobsMu.Lock()
	defer h.jobsMu.Unlock()
	j := h.jobs[kind]
	if on == (j != nil) {
		return nil, errors.New(kind + " runs already, or does not run")
	}
	if !on {
		delete(h.jobs, kind)
		return j.finish(), nil
	}
	j = newJob()
	h.jobs[kind] = j
	start(j)
	return nil, nil
}

// stopJobs ends what still runs.
func (h *host) stopJobs() {
	h.jobsMu.Lock()
	defer h.jobsMu.Unlock()
	for _, j := range h.jobs {
		j.finish()
	}
	clear(h.jobs)
}

// cmdHealthLoop does the server's health check every ms milliseconds: on starts
// it, off stops it and tells how many were good.
func cmdHealthLoop(h *host, c command) (result, error) {
	return h.startStop("health_loop", c.On, func(j *job) {
		j.loop(time.Duration(max(1, c.MS))*time.Millisecond, func() (string, error) {
			if err := h.env.PerformHealthCheck(c.ID); err != nil {
				return "failed", err
			}
			return "good", nil
		})
	})
}

// cmdLoad calls the plugin from several sides: posts that are foreign to it,
// and HTTP requests. on starts it, off stops it and tells what came back.
func cmdLoad(h *host, c command) (result, error) {
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	post, err := h.foreignPost()
	if err != nil {
		return nil, err
	}
	pause := time.Duration(max(1, c.MS)) * time.Millisecond
	return h.startStop("load", c.On, func(j *job) {
		for range max(1, c.Workers) {
			j.loop(pause, func() (string, error) {
				hooks.MessageHasBeenPosted(h.ctx(), post.Clone())
				return "hook", nil
			})
			j.loop(pause, func() (string, error) {
				w := h.request("GET", "/plugins/"+c.ID+"/bench/small", "alice", nil, nil)
				return "http " + strconv.Itoa(w.Code), nil
			})
		}
	})
}

// foreignPost makes a post of ordinary length that concerns no plugin.
func (h *host) foreignPost() (*model.Post, error) {
	u, err := h.user("alice")
	if err != nil {
		return nil, err
	}
	ch, err := h.channel("town-square")
	if err != nil {
		return nil, err
	}
	return &model.Post{Id: model.NewId(), UserId: u.Id, ChannelId: ch.Id, CreateAt: now(), UpdateAt: now(),
		Message: "bench: a message of ordinary length that mentions nobody at all",
		Props:   model.StringInterface{"from_client": "web", "disable_group_highlight": true}}, nil
}
