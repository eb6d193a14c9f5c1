// SPDX-License-Identifier: Apache-2.0

// Command go-check reads, with Go's own encoding/gob and into the real types
// of Mattermost's plugin package, what was recorded and what our C code made
// of it again, and tells whether both are equal. README.md has the format.
package main

import (
	"bufio"
	"encoding/gob"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

	_ "github.com/mattermost/mattermost/server/public/plugin" // registers what may stand in an interface value
)

// job is one line of the input: one direction of one stream.
type job struct {
	Folder       string    `json:"folder"`
	Stream       int       `json:"stream"`
	Dir          string    `json:"dir"`
	Original     string    `json:"original"`
	Ours         string    `json:"ours"`
	OriginalSkip int64     `json:"original_skip"`
	OursSkip     int64     `json:"ours_skip"`
	Messages     []message `json:"messages"`
}

type message struct {
	Kind   string `json:"kind"`
	Method string `json:"method"`
}

type verdict struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error,omitempty"`
	Messages int    `json:"messages,omitempty"`
}

type methodTypes struct{ args, reply reflect.Type }

// otherMethods are go-plugin's own services, which have no place in the
// plugin package.
var otherMethods = map[string]methodTypes{
	"Dispenser.Dispense": {reflect.TypeFor[string](), reflect.TypeFor[uint32]()},
	"Control.Ping":       {reflect.TypeFor[bool](), reflect.TypeFor[struct{}]()},
	"Control.Quit":       {reflect.TypeFor[bool](), reflect.TypeFor[struct{}]()},
}

func typeOf(m message) (reflect.Type, error) {
	switch m.Kind {
	case "request":
		return reflect.TypeFor[rpc.Request](), nil
	case "response":
		return reflect.TypeFor[rpc.Response](), nil
	case "args", "reply":
	default:
		return nil, fmt.Errorf("unknown kind of message %q: request, response, args and reply are known", m.Kind)
	}
	t, ok := otherMethods[m.Method]
	if name, found := strings.CutPrefix(m.Method, "Plugin."); found {
		t, ok = pluginMethods[name]
	}
	if !ok {
		return nil, fmt.Errorf("unknown method %q", m.Method)
	}
	if m.Kind == "args" {
		return t.args, nil
	}
	return t.reply, nil
}

// side is one of the two streams that are compared.
type side struct {
	name string
	dec  *gob.Decoder
	file *os.File
}

func open(name, path string, skip int64) (*side, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(skip, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return &side{name, gob.NewDecoder(bufio.NewReader(f)), f}, nil
}

func (s *side) decode(t reflect.Type) (any, error) {
	v := reflect.New(t)
	err := s.dec.DecodeValue(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return v.Interface(), nil
}

// atEnd tells whether every value of a stream has been read.
func (s *side) atEnd() error {
	err := s.dec.DecodeValue(reflect.Value{})
	if err == nil {
		return fmt.Errorf("%s: has more messages than were listed", s.name)
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: after the last message: %w", s.name, err)
	}
	return nil
}

// compare checks one job. Answers with an error carry an empty struct in the
// place of the reply, as net/rpc does it.
func compare(j job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if len(j.Messages) == 0 {
		return errors.New("no messages listed: nothing would be checked")
	}
	theirs, err := open("original", j.Original, j.OriginalSkip)
	if err != nil {
		return err
	}
	defer theirs.file.Close()
	ours, err := open("ours", j.Ours, j.OursSkip)
	if err != nil {
		return err
	}
	defer ours.file.Close()
	failed := false
	for i, m := range j.Messages {
		t, err := typeOf(m)
		if err == nil && m.Kind == "reply" && failed {
			t = reflect.TypeFor[struct{}]()
		}
		var a, b any
		if err == nil {
			a, err = theirs.decode(t)
		}
		if err == nil {
			b, err = ours.decode(t)
		}
		if err == nil && !reflect.DeepEqual(a, b) {
			err = fmt.Errorf("values differ: %s", difference(m.Kind, reflect.ValueOf(a), reflect.ValueOf(b)))
		}
		if err != nil {
			return fmt.Errorf("message %d (%s %s): %w", i, m.Kind, m.Method, err)
		}
		if r, ok := a.(*rpc.Response); ok {
			failed = r.Error != ""
		}
	}
	if err := theirs.atEnd(); err != nil {
		return err
	}
	return ours.atEnd()
}

func main() {
	version := flag.Bool("version", false, "print the version of the Mattermost module and exit")
	flag.Parse()
	if *version {
		fmt.Println(moduleVersion())
		return
	}
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	bad := false
	for {
		line, readErr := in.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			var j job
			err := json.Unmarshal(line, &j)
			if err == nil {
				err = compare(j)
			}
			v := verdict{OK: err == nil, Messages: len(j.Messages)}
			if err != nil {
				v.Error, bad = err.Error(), true
			}
			out.Encode(v)
		}
		if readErr != nil {
			break
		}
	}
	if bad {
		os.Exit(1)
	}
}

func moduleVersion() string {
	const module = "github.com/mattermost/mattermost/server/public"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == module {
				return d.Path + " " + d.Version
			}
		}
	}
	return module + " (unknown version)"
}
