// SPDX-License-Identifier: Apache-2.0
package main

import "sync"

// pending counts what is under way. Unlike a sync.WaitGroup it may begin anew while others still wait for its end.
type pending struct {
	mu    sync.Mutex
	ended *sync.Cond
	count int
}

func (p *pending) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count += n
	if p.count == 0 && p.ended != nil {
		p.ended.Broadcast()
	}
}

// wait returns when nothing was under way at some moment since it was called.
func (p *pending) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended == nil {
		p.ended = sync.NewCond(&p.mu)
	}
	for p.count > 0 {
		p.ended.Wait()
	}
}
