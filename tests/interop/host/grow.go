// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// growth is how the gateway's look-alike streams its answers: so many pieces,
// one each so often. With none it answers in two halves.
type growth struct {
	pieces int
	every  time.Duration
}

// phases are how many answers that begin together are kept apart, so that no
// burst is measured.
const phases = 20

// previews takes the time from a growing text's way into the connection to the
// end of the call that gives a post this text.
type previews struct {
	mu      sync.Mutex
	wrote   map[string]time.Time // nil: nothing is measured
	samples []time.Duration
}

func (v *previews) sent(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wrote != nil {
		v.wrote[text] = time.Now()
	}
}

func (v *previews) shown(text string) {
	now := time.Now()
	v.mu.Lock()
	defer v.mu.Unlock()
	if at, ok := v.wrote[text]; ok {
		v.samples = append(v.samples, now.Sub(at))
		delete(v.wrote, text)
	}
}

// grow lets the model write an answer piece by piece.
func (c *gatewayConn) grow(id string, r *gatewayRun, g growth, number int) {
	text := strings.Builder{}
	fmt.Fprintf(&text, "The story %s begins.", r.ID)
	time.Sleep(g.every * time.Duration(number%phases) / phases)
	for i := range g.pieces {
		fmt.Fprintf(&text, " Then came piece number %d.", i)
		c.g.h.previews.sent(text.String())
		c.chat(r, i+1, "delta", text.String())
		time.Sleep(g.every)
	}
	c.finish(id, r, text.String(), g.pieces+1)
}

// cmdGrow makes every run from now on stream n pieces, one each ms
// milliseconds; on says whether their way into posts is timed. Without n it
// tells what was seen since.
func cmdGrow(h *host, c command) (result, error) {
	if h.gateway == nil {
		return nil, errors.New("the host was started without -gateway-token")
	}
	h.previews.mu.Lock()
	defer h.previews.mu.Unlock()
	if c.N == 0 {
		if len(h.previews.samples) == 0 {
			return result{"n", 0}, nil
		}
		return result{"n", len(h.previews.samples), "stats", stats(h.previews.samples)}, nil
	}
	h.previews.wrote, h.previews.samples = nil, nil
	if c.On {
		h.previews.wrote = map[string]time.Time{}
	}
	h.gateway.mu.Lock()
	defer h.gateway.mu.Unlock()
	h.gateway.growth = growth{c.N, time.Duration(c.MS) * time.Millisecond}
	return nil, nil
}
