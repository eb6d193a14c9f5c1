// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// benchLimit is how long one step may take before a benchmark gives up.
const benchLimit = 10 * time.Second

// benchmarks holds what can be timed. A plugin must serve GET /bench/small,
// POST /bench/echo and GET /bench/api for the HTTP and API ones.
var benchmarks = map[string]func(*host, command, int) (any, error){
	"activate":        benchActivate,
	"hook_foreign":    benchHook,
	"hook_parallel":   benchHookParallel,
	"ping":            benchPing,
	"http_small":      benchHTTPSmall,
	"http_1mib":       benchHTTPMiB,
	"http_tcp":        benchHTTPTCP,
	"api":             benchAPI,
	"post_to_gateway": benchPostToGateway,
}

// cmdBench times one kind of round trip n times; nothing is printed meanwhile.
func cmdBench(h *host, c command) (result, error) {
	f := benchmarks[c.What]
	if f == nil {
		return nil, errors.New("unknown benchmark: " + c.What)
	}
	n := c.N
	if n == 0 {
		n = 1000
	}
	trace := h.trace.Swap(false)
	defer h.trace.Store(trace)
	stats, err := f(h, c, n)
	return result{"what", c.What, "stats", stats}, err
}

// stats sums up samples in microseconds.
func stats(d []time.Duration) map[string]any {
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	us := func(q float64) float64 { return float64(d[int(q*float64(len(d)-1))].Nanoseconds()) / 1000 }
	return map[string]any{"n": len(d), "min_us": us(0), "p50_us": us(.5), "p90_us": us(.9), "p99_us": us(.99), "max_us": us(1)}
}

// sample times n calls of f, after some that are not counted: they let both
// sides send their type definitions, and a filter learn the channel.
func sample(n int, f func() error) (any, error) {
	for range max(5, n/5) {
		if err := f(); err != nil {
			return nil, err
		}
	}
	d := make([]time.Duration, n)
	for i := range d {
		t := time.Now()
		if err := f(); err != nil {
			return nil, err
		}
		d[i] = time.Since(t)
	}
	return stats(d), nil
}

func benchHook(h *host, c command, n int) (any, error) {
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	post, err := h.foreignPost()
	if err != nil {
		return nil, err
	}
	cx := h.ctx()
	return sample(n, func() error { hooks.MessageHasBeenPosted(cx, post); return nil })
}

func benchHookParallel(h *host, c command, n int) (any, error) {
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	post, err := h.foreignPost()
	if err != nil {
		return nil, err
	}
	const callers = 8
	cx := h.ctx()
	for range 100 {
		hooks.MessageHasBeenPosted(cx, post)
	}
	var all sync.WaitGroup
	t := time.Now()
	for range callers {
		all.Go(func() {
			for range n / callers {
				hooks.MessageHasBeenPosted(cx, post)
			}
		})
	}
	all.Wait()
	return map[string]any{"n": n / callers * callers, "per_s": float64(n/callers*callers) / time.Since(t).Seconds()}, nil
}

func benchPing(h *host, c command, n int) (any, error) {
	return sample(n, func() error { return h.env.PerformHealthCheck(c.ID) })
}

func benchHTTPSmall(h *host, c command, n int) (any, error) {
	return sample(n, func() error {
		w := h.request("GET", "/plugins/"+c.ID+"/bench/small", "alice", nil, nil)
		return wanted(w.Code, w.Body.Len() > 0)
	})
}

func benchHTTPMiB(h *host, c command, n int) (any, error) {
	body := randomBytes(1 << 20)
	return sample(n, func() error {
		w := h.request("POST", "/plugins/"+c.ID+"/bench/echo", "alice", nil, body)
		return wanted(w.Code, w.Body.Len() == len(body))
	})
}

func benchHTTPTCP(h *host, c command, n int) (any, error) {
	return sample(n, func() error {
		r, err := http.NewRequest("GET", h.siteURL+"/plugins/"+c.ID+"/bench/small", nil)
		if err != nil {
			return err
		}
		r.Header.Set("X-Harness-User", "alice")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		k, err := io.Copy(io.Discard, resp.Body)
		if err != nil {
			return err
		}
		return wanted(resp.StatusCode, k > 0)
	})
}

func wanted(status int, body bool) error {
	if status != http.StatusOK || !body {
		return fmt.Errorf("the plugin answered %d, expected body: %v", status, body)
	}
	return nil
}

// benchAPI asks the plugin to time API calls itself.
func benchAPI(h *host, c command, n int) (any, error) {
	w := h.request("GET", fmt.Sprintf("/plugins/%s/bench/api?n=%d&what=GetUser", c.ID, n), "alice", nil, nil)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("the plugin answered %d: %s", w.Code, w.Body.String())
	}
	var out map[string]map[string]float64
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		return nil, err
	}
	return out["GetUser"], nil
}

func benchActivate(h *host, c command, n int) (any, error) {
	var on []time.Duration
	for range n {
		h.env.Deactivate(c.ID)
		t := time.Now()
		if _, _, err := h.env.Activate(c.ID); err != nil {
			return nil, err
		}
		on = append(on, time.Since(t))
	}
	return stats(on), nil
}

// benchPostToGateway takes the time from the hook's call to the request's
// arrival at the gateway: a direct message in a session that is known. Each run
// is answered and its answer posted before the next one.
func benchPostToGateway(h *host, c command, n int) (any, error) {
	if h.gateway == nil {
		return nil, errors.New("the host was started without -gateway-token")
	}
	hooks, err := h.env.HooksForPlugin(c.ID)
	if err != nil {
		return nil, err
	}
	alice, err := h.user("alice")
	if err != nil {
		return nil, err
	}
	bot, err := h.user(c.User)
	if err != nil {
		return nil, err
	}
	h.st.mu.Lock()
	channel := h.st.direct(alice.Id, bot.Id).Id
	h.st.mu.Unlock()
	arrivals := make(chan time.Time, 1)
	h.gateway.mu.Lock()
	h.gateway.arrived = func(_ *gatewayRun, at time.Time) { arrivals <- at }
	h.gateway.mu.Unlock()
	const warmUp = 5
	d := make([]time.Duration, 0, n)
	for i := range warmUp + n {
		p := &model.Post{UserId: alice.Id, ChannelId: channel, Message: fmt.Sprintf("nonce %x", i)}
		p.PreSave()
		answered := h.st.nextPost(channel, p)
		t := time.Now()
		hooks.MessageHasBeenPosted(h.ctx(), p.Clone())
		select {
		case at := <-arrivals:
			if i >= warmUp {
				d = append(d, at.Sub(t))
			}
		case <-time.After(benchLimit):
			return nil, errors.New("no request arrived at the gateway")
		}
		select {
		case <-answered:
		case <-time.After(benchLimit):
			return nil, errors.New("no answer was posted")
		}
	}
	return stats(d), nil
}
