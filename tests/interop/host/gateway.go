// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/mattermost/mattermost/server/public/model"
)

// gateway is a look-alike of OpenClaw's gateway, protocol 4, as far as a run
// needs it: connect, sessions, agent, agent.wait, chat.history. It keeps its
// own ledger of what was asked, so that a test need not believe the plugin.
type gateway struct {
	h     *host
	token string
	url   string
	boot  string

	mu       sync.Mutex
	sessions map[string]map[string]any // key → entry
	runs     map[string]*gatewayRun    // idempotency key → run
	delay    time.Duration             // how long the model thinks
	growth   growth                    // how it writes
	arrived  func(r *gatewayRun, at time.Time)
}

// gatewayRun is one line of the ledger.
type gatewayRun struct {
	ID       string
	Session  string
	Message  string
	Requests int // how often this key was asked for
	answer   string
	done     chan struct{}
}

// gatewayConn is one client.
type gatewayConn struct {
	g      *gateway
	ws     *websocket.Conn
	mu     sync.Mutex // of writes
	seq    int
	nonce  string
	opened time.Time
}

type gatewayRequest struct {
	Type   string          `json:"type"`
	ID     string          `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

const (
	maxBeforeConnect = 64 << 10
	maxPayload       = 26214400
	tickIntervalMs   = 30000
)

func startGateway(h *host, token string) (*gateway, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &gateway{h: h, token: token, url: "ws://" + l.Addr().String(), boot: model.NewId(),
		sessions: map[string]map[string]any{}, runs: map[string]*gatewayRun{}}
	go http.Serve(l, g)
	return g, nil
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	c := &gatewayConn{g: g, ws: ws, nonce: model.NewId(), opened: time.Now()}
	c.event("connect.challenge", map[string]any{"nonce": c.nonce, "ts": c.opened.UnixMilli(), "capabilities": []string{}})
	ws.SetReadLimit(maxBeforeConnect)
	for connected := false; ; {
		var req gatewayRequest
		_, text, err := ws.ReadMessage()
		at := time.Now()
		if err != nil {
			g.h.emit("gateway", "what", "closed", "connected", connected)
			return
		}
		if json.Unmarshal(text, &req) != nil || req.Type != "req" {
			continue // as the real one: rubbish is ignored
		}
		if !connected {
			if !c.connect(req) {
				ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1008, "connect failed"), time.Now().Add(time.Second))
				return
			}
			connected = true
			ws.SetReadLimit(maxPayload)
			stop := c.tick()
			defer stop()
			continue
		}
		c.request(req, at)
	}
}

func (c *gatewayConn) write(v any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ws.WriteJSON(v)
}

func (c *gatewayConn) event(name string, payload any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	c.ws.WriteJSON(map[string]any{"type": "event", "event": name, "payload": payload, "seq": c.seq})
}

// tick sends the event by which a client hears that the gateway is alive.
func (c *gatewayConn) tick() (stop func()) {
	done := make(chan struct{})
	go func() {
		t := time.NewTicker(tickIntervalMs * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				c.event("tick", map[string]any{"ts": now()})
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}

func (c *gatewayConn) answer(id string, payload any) {
	c.write(map[string]any{"type": "res", "id": id, "ok": true, "payload": payload})
}

func (c *gatewayConn) refuse(id, code, detail, message string) {
	e := map[string]any{"code": code, "message": message}
	if detail != "" {
		e["details"] = map[string]any{"code": detail}
	}
	c.write(map[string]any{"type": "res", "id": id, "ok": false, "error": e})
}

type connectParams struct {
	MinProtocol int `json:"minProtocol"`
	MaxProtocol int `json:"maxProtocol"`
	Client      struct {
		ID           string `json:"id"`
		Mode         string `json:"mode"`
		Platform     string `json:"platform"`
		DeviceFamily string `json:"deviceFamily"`
	} `json:"client"`
	Role   string   `json:"role"`
	Scopes []string `json:"scopes"`
	Auth   struct {
		Token       string `json:"token"`
		DeviceToken string `json:"deviceToken"`
	} `json:"auth"`
	Device *struct {
		ID        string `json:"id"`
		PublicKey string `json:"publicKey"`
		Signature string `json:"signature"`
		SignedAt  int64  `json:"signedAt"`
		Nonce     string `json:"nonce"`
	} `json:"device"`
}

// connect judges a client's first request; false: it was refused.
func (c *gatewayConn) connect(req gatewayRequest) bool {
	var p connectParams
	if req.Method != "connect" || json.Unmarshal(req.Params, &p) != nil {
		c.refuse(req.ID, "INVALID_REQUEST", "", "connect is expected first")
		return false
	}
	fault := ""
	switch {
	case p.MinProtocol > 4 || p.MaxProtocol < 4:
		fault = "PROTOCOL_MISMATCH"
	case p.Auth.Token != c.g.token:
		fault = "AUTH_TOKEN_MISMATCH"
	default:
		fault = c.deviceFault(p)
	}
	c.g.h.emit("gateway", "what", "connect", "fault", fault, "client", p.Client.ID, "scopes", p.Scopes)
	if fault != "" {
		c.refuse(req.ID, "INVALID_REQUEST", fault, "refused: "+fault)
		return false
	}
	c.answer(req.ID, map[string]any{
		"type": "hello-ok", "protocol": 4,
		"server":   map[string]any{"version": "2026.9.6", "bootId": c.g.boot, "connId": model.NewId()},
		"features": map[string]any{"methods": []string{"agent", "agent.wait"}, "events": []string{"agent", "chat"}, "capabilities": []string{}},
		"snapshot": map[string]any{"suspension": map[string]any{"phase": "accepting"}, "sessionDefaults": map[string]any{"defaultAgentId": "main", "mainKey": "main", "scope": "per-sender"}},
		"auth":     map[string]any{"method": "token", "role": p.Role, "scopes": p.Scopes},
		"policy":   map[string]any{"maxPayload": maxPayload, "maxBufferedBytes": 2 * maxPayload, "tickIntervalMs": tickIntervalMs},
	})
	return true
}

// deviceFault checks the device's v3 signature, where there is a device.
func (c *gatewayConn) deviceFault(p connectParams) string {
	if p.Device == nil {
		return ""
	}
	key, err := base64.RawURLEncoding.DecodeString(p.Device.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return "DEVICE_AUTH_PUBLIC_KEY_INVALID"
	}
	if id := sha256.Sum256(key); hex.EncodeToString(id[:]) != p.Device.ID {
		return "DEVICE_AUTH_DEVICE_ID_MISMATCH"
	}
	if p.Device.Nonce != c.nonce {
		return "DEVICE_AUTH_NONCE_MISMATCH"
	}
	text := strings.Join([]string{"v3", p.Device.ID, p.Client.ID, p.Client.Mode, p.Role, strings.Join(p.Scopes, ","),
		strconv.FormatInt(p.Device.SignedAt, 10), orElse(p.Auth.Token, p.Auth.DeviceToken), p.Device.Nonce,
		strings.ToLower(strings.TrimSpace(p.Client.Platform)), strings.ToLower(strings.TrimSpace(p.Client.DeviceFamily))}, "|")
	sig, err := base64.RawURLEncoding.DecodeString(p.Device.Signature)
	if err != nil || !ed25519.Verify(key, []byte(text), sig) {
		return "DEVICE_AUTH_SIGNATURE_INVALID"
	}
	return ""
}

// request carries out one request of a connected client.
func (c *gatewayConn) request(req gatewayRequest, at time.Time) {
	var p struct {
		Key            string  `json:"key"`
		SessionKey     string  `json:"sessionKey"`
		RunID          string  `json:"runId"`
		TimeoutMs      int     `json:"timeoutMs"`
		PermissionMode *string `json:"permissionMode"`
	}
	json.Unmarshal(req.Params, &p)
	switch req.Method {
	case "sessions.create", "sessions.patch":
		entry := c.g.session(p.Key, p.PermissionMode)
		c.answer(req.ID, map[string]any{"ok": true, "key": p.Key, "entry": entry})
	case "sessions.describe":
		c.answer(req.ID, map[string]any{"session": c.g.describe(p.Key)})
	case "agent":
		c.agent(req, at)
	case "agent.wait":
		go c.wait(req.ID, p.RunID, time.Duration(p.TimeoutMs)*time.Millisecond)
	case "chat.history":
		c.answer(req.ID, c.g.history(p.SessionKey))
	case "chat.abort", "sessions.abort":
		c.answer(req.ID, map[string]any{"ok": true, "aborted": false, "runIds": []string{}})
	case "health":
		c.answer(req.ID, map[string]any{"ok": true})
	default:
		c.refuse(req.ID, "INVALID_REQUEST", "", "unknown method: "+req.Method)
	}
}

// session makes a session or changes its permission mode.
func (g *gateway) session(key string, mode *string) map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.sessions[key]
	if e == nil {
		e = map[string]any{"key": key, "sessionId": model.NewId(), "kind": "direct", "agentId": "main"}
	} else {
		e = clone(e)
	}
	if mode != nil {
		e["permissionMode"] = *mode
	}
	g.sessions[key] = e
	return e
}

func (g *gateway) describe(key string) any {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e := g.sessions[key]; e != nil {
		return e
	}
	return nil
}

func clone(m map[string]any) map[string]any {
	n := make(map[string]any, len(m))
	for k, v := range m {
		n[k] = v
	}
	return n
}

// agentParams are all that the real gateway takes of what we could send: its
// objects are closed.
type agentParams struct {
	Message            string `json:"message"`
	IdempotencyKey     string `json:"idempotencyKey"`
	SessionKey         string `json:"sessionKey"`
	Deliver            bool   `json:"deliver"`
	ExtraSystemPrompt  string `json:"extraSystemPrompt"`
	Thinking           string `json:"thinking"`
	Attachments        []any  `json:"attachments"`
	Timeout            int    `json:"timeout"`
	DisableMessageTool bool   `json:"disableMessageTool"`
	InputProvenance    any    `json:"inputProvenance"`
}

func (c *gatewayConn) agent(req gatewayRequest, at time.Time) {
	var p agentParams
	dec := json.NewDecoder(strings.NewReader(string(req.Params)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil || p.Message == "" || p.IdempotencyKey == "" || p.Deliver {
		c.refuse(req.ID, "INVALID_REQUEST", "", fmt.Sprint("invalid agent params: ", err))
		return
	}
	g := c.g
	g.mu.Lock()
	r, again := g.runs[p.IdempotencyKey], true
	if r == nil {
		again = false
		r = &gatewayRun{ID: p.IdempotencyKey, Session: p.SessionKey, Message: p.Message, answer: answerTo(p.Message), done: make(chan struct{})}
		g.runs[r.ID] = r
	}
	r.Requests++
	delay, arrived, growth, number := g.delay, g.arrived, g.growth, len(g.runs)
	g.mu.Unlock()
	if arrived != nil {
		arrived(r, at)
	}
	g.h.emit("gateway", "what", "agent", "run", r.ID, "session", r.Session, "message", r.Message, "again", again)
	if again {
		select {
		case <-r.done:
			c.answer(req.ID, r.result())
		default:
			c.answer(req.ID, map[string]any{"runId": r.ID, "status": "in_flight"})
		}
		return
	}
	c.answer(req.ID, map[string]any{"runId": r.ID, "sessionKey": r.Session, "agentId": "main", "status": "accepted", "acceptedAt": at.UnixMilli()})
	if growth.pieces > 0 {
		go c.grow(req.ID, r, growth, number)
		return
	}
	go c.think(req.ID, r, delay)
}

// think lets the model answer: events to this client, then the second response.
func (c *gatewayConn) think(id string, r *gatewayRun, delay time.Duration) {
	half := len(r.answer) / 2
	c.chat(r, 1, "delta", r.answer[:half])
	time.Sleep(delay)
	c.chat(r, 2, "delta", r.answer)
	c.finish(id, r, r.answer, 3)
}

func (c *gatewayConn) chat(r *gatewayRun, seq int, state, text string) {
	c.event("chat", map[string]any{"runId": r.ID, "sessionKey": r.Session, "agentId": "main", "seq": seq, "state": state,
		"message": map[string]any{"role": "assistant", "content": []any{map[string]any{"type": "text", "text": text}}, "timestamp": now()}})
}

// finish ends a run with its whole answer.
func (c *gatewayConn) finish(id string, r *gatewayRun, answer string, seq int) {
	r.answer = answer
	close(r.done)
	c.chat(r, seq, "final", r.answer)
	c.answer(id, r.result())
}

func (r *gatewayRun) result() map[string]any {
	return map[string]any{"runId": r.ID, "status": "ok", "summary": "completed",
		"result": map[string]any{"payloads": []any{map[string]any{"text": r.answer, "mediaUrl": nil}}, "meta": map[string]any{"durationMs": 1}}}
}

func (c *gatewayConn) wait(id, run string, limit time.Duration) {
	c.g.mu.Lock()
	r := c.g.runs[run]
	c.g.mu.Unlock()
	timeout := map[string]any{"runId": run, "status": "timeout"}
	if r == nil {
		c.answer(id, timeout)
		return
	}
	select {
	case <-r.done:
		c.answer(id, map[string]any{"runId": run, "status": "ok", "stopReason": "stop",
			"terminalReply": map[string]any{"disposition": "visible", "text": r.answer}})
	case <-time.After(limit):
		c.answer(id, timeout)
	}
}

func (g *gateway) history(session string) map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	rows := []any{}
	for _, r := range g.runs {
		if r.Session != session {
			continue
		}
		rows = append(rows, map[string]any{"role": "user", "content": r.Message, "idempotencyKey": r.ID + ":user"})
		select {
		case <-r.done:
			rows = append(rows, map[string]any{"role": "assistant", "content": r.answer, "__openclaw": map[string]any{"runId": r.ID}})
		default:
		}
	}
	return map[string]any{"sessionKey": session, "messages": rows, "hasMore": false}
}

var nonce = regexp.MustCompile(`nonce ([0-9a-f]+)`)

// answerTo computes the answer from the question, so that nothing but a run
// can give it.
func answerTo(message string) string {
	// The last one: what was said before the question stands before it.
	all := nonce.FindAllStringSubmatch(message, -1)
	if len(all) == 0 {
		return "no nonce was asked"
	}
	answer := "answer " + hash([]byte(all[len(all)-1][1]))[:12]
	if strings.Contains(message, "offer choices") {
		answer += "\n\n```presentation\n{\"blocks\":[{\"type\":\"buttons\",\"buttons\":[{\"label\":\"Yes\",\"value\":\"yes\"}]}]}\n```"
	}
	return answer
}

// cmdGateway sets how long the model thinks, and tells the ledger.
func cmdGateway(h *host, c command) (result, error) {
	if h.gateway == nil {
		return nil, fmt.Errorf("the host was started without -gateway-token")
	}
	h.gateway.mu.Lock()
	defer h.gateway.mu.Unlock()
	h.gateway.delay = time.Duration(c.MS) * time.Millisecond
	runs := []gatewayRun{}
	for _, r := range h.gateway.runs {
		runs = append(runs, *r)
	}
	return result{"url", h.gateway.url, "runs", runs}, nil
}
