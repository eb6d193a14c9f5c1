// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"sync"
)

// gate lets calls pass, or holds them until it is opened.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // nil: calls pass; closed when those that wait may go
}

func (g *gate) hold(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if on && g.open == nil {
		g.open = make(chan struct{})
	} else if !on && g.open != nil {
		close(g.open)
		g.open = nil
	}
}

// pass tells whether the call was held.
func (g *gate) pass() bool {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	if open != nil {
		<-open
	}
	return open != nil
}

// cmdHoldPosts holds a plugin's CreatePost up, and lets it go.
func cmdHoldPosts(h *host, c command) (result, error) {
	switch c.What {
	case "post":
		h.postGates[0].hold(c.On)
	case "answer":
		h.postGates[1].hold(c.On)
	default:
		return nil, fmt.Errorf("what: post or answer")
	}
	return nil, nil
}
