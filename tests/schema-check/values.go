// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// exchanged is a line of dump.c's values and translate.
type exchanged struct {
	Side, Call, Part string
	Gob, Tail        string
	Json             any
}

const (
	nesting  = 4 // of structs in one another: types may hold themselves
	fullText = "TextInput"
)

// full makes a value with every field of our tables set.
func (c *checker) full(ours string, t reflect.Type, depth int) (reflect.Value, bool) {
	v := reflect.New(t).Elem()
	if t.Kind() == reflect.Pointer && ours != "url" {
		inner, ok := c.full(ours, t.Elem(), depth)
		if ok {
			v.Set(reflect.New(t.Elem()))
			v.Elem().Set(inner)
		}
		return v, ok
	}
	switch ours {
	case "any":
		return c.fullAny(v), true
	case "error":
		v.Set(reflect.ValueOf(&plugin.ErrorString{Code: 1, Err: fullText}))
		return v, true
	case "url":
		u, err := url.Parse("/a?b=%20c")
		v.Set(reflect.ValueOf(u))
		return v, err == nil
	case "json":
		v.SetBytes([]byte(`{"a":[1,null]}`))
		return v, true
	case "bytes":
		v.SetBytes([]byte{0, 0xff, 10})
		return v, true
	}
	return c.fullPlain(ours, t, v, depth)
}

func (c *checker) fullAny(v reflect.Value) reflect.Value {
	v.Set(reflect.ValueOf(map[string]any{
		"text": "\"ä\"", "list": []any{1.5, true, nil, map[string]any{"deep": []any{"x"}}}, "int": 5,
		"attachments": attachments(),
	}))
	return v
}

// attachments has the type that gob knows as []*model.SlackAttachment; the
// struct's name differs between versions.
func attachments() any {
	var r model.CommandResponse
	text := `[{"text":"t","fields":[{"title":"f","value":1.5}],"actions":[{"id":"a","integration":{"context":{"n":1}}}]}]`
	if err := json.Unmarshal([]byte(text), &r.Attachments); err != nil {
		panic(err)
	}
	return r.Attachments
}

func (c *checker) fullPlain(ours string, t reflect.Type, v reflect.Value, depth int) (reflect.Value, bool) {
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(fullText)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.1)
	case reflect.Slice:
		elem, ok := c.full(strings.TrimPrefix(ours, "[]"), t.Elem(), depth)
		if !ok {
			return v, false
		}
		v = reflect.Append(v, elem)
	case reflect.Map:
		elem, ok := c.full(strings.TrimPrefix(ours, "map:"), t.Elem(), depth)
		if !ok {
			return v, false
		}
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.ValueOf(fullText).Convert(t.Key()), elem)
	case reflect.Struct:
		if depth == 0 {
			return v, false
		}
		c.fill(c.ours.Structs[strings.TrimPrefix(ours, "struct:")], v, depth-1, nil)
	default:
		if v.CanInt() {
			v.SetInt(7)
		} else if v.CanUint() {
			v.SetUint(7)
		} else {
			return v, false
		}
	}
	return v, true
}

// fill sets the fields that stand in our tables and in this module.
func (c *checker) fill(ours []field, v reflect.Value, depth int, want func(field) bool) {
	for _, f := range ours {
		target := v.FieldByName(f.Go)
		if !target.IsValid() || (want != nil && !want(f)) {
			continue
		}
		switch {
		case f.Go == "Data" && v.Type() == reflect.TypeFor[model.AutocompleteArg]():
			target.Set(reflect.ValueOf(&model.AutocompleteTextArg{Hint: "h", Pattern: "p"}))
		default:
			if value, ok := c.full(f.Type, target.Type(), depth); ok {
				target.Set(value)
			}
		}
	}
}

// expected says what our JSON must be for a Go value, by the names and types of
// the tables. Bytes are left as they are: resolve puts ours in their place.
func (c *checker) expected(ours string, v reflect.Value) any {
	for v.Kind() == reflect.Pointer && v.Type() != reflect.TypeFor[*url.URL]() {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch ours {
	case "any":
		return c.expectedAny(v)
	case "url":
		return fmt.Sprint(v.Interface())
	case "bytes":
		return v.Bytes()
	case "json":
		return decoded(v.Bytes())
	}
	switch v.Kind() {
	case reflect.Struct:
		out := map[string]any{}
		c.expectFields(out, c.ours.Structs[strings.TrimPrefix(ours, "struct:")], v)
		return out
	case reflect.Slice:
		out := []any{}
		for i := range v.Len() {
			out = append(out, c.expected(strings.TrimPrefix(ours, "[]"), v.Index(i)))
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for it := v.MapRange(); it.Next(); {
			out[it.Key().String()] = c.expected(strings.TrimPrefix(ours, "map:"), it.Value())
		}
		return out
	}
	return decoded(encoded(v.Interface()))
}

func (c *checker) expectFields(out map[string]any, ours []field, v reflect.Value) {
	for _, f := range ours {
		value := v.FieldByName(f.Go)
		switch {
		case !value.IsValid() || value.IsZero():
		case f.Json == "":
			for value.Kind() == reflect.Pointer {
				value = value.Elem()
			}
			c.expectFields(out, c.ours.Structs[strings.TrimPrefix(f.Type, "struct:")], value)
		default:
			out[f.Json] = c.expected(f.Type, value)
		}
	}
}

// expectedAny goes by what is inside. Structs stand there only by the
// registered types.
func (c *checker) expectedAny(v reflect.Value) any {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	for name, value := range registered {
		if v.Type() == reflect.TypeOf(value) && !strings.Contains(name, "interface {}") {
			return c.expected(c.ours.Registered[name], v)
		}
	}
	switch v.Kind() {
	case reflect.Slice:
		return c.expected("[]any", v)
	case reflect.Map:
		return c.expected("map:any", v)
	}
	return decoded(encoded(v.Interface()))
}

// resolve replaces {"$tail":[offset,length]} by the bytes meant.
func resolve(v any, tail []byte) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			x[i] = resolve(x[i], tail)
		}
	case map[string]any:
		if at, ok := x["$tail"].([]any); ok && len(x) == 1 && len(at) == 2 {
			from, size := int(at[0].(float64)), int(at[1].(float64))
			if from < 0 || size < 0 || from+size > len(tail) {
				return "(outside the tail)"
			}
			return tail[from : from+size]
		}
		for k := range x {
			x[k] = resolve(x[k], tail)
		}
	}
	return v
}

func isResult(f field) bool { return f.Type != "error" && f.Type != "struct:AppError" }

// expectedPart is the JSON of a call's arguments, or of its reply as the link
// carries it: one value as it is, several as an array.
func (c *checker) expectedPart(our call, part string, v reflect.Value) any {
	list := []any{}
	for _, f := range partFields(our, part) {
		if part != "args" && !isResult(f) {
			continue
		}
		list = append(list, c.expected(f.Type, v.FieldByName(f.Go)))
	}
	if part == "args" {
		return list
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

func partFields(our call, part string) []field {
	if part == "args" {
		return our.Args
	}
	return our.Reply
}

func partType(name, part string) reflect.Type {
	if part == "args" {
		return pluginMethods[name].args
	}
	return pluginMethods[name].reply
}

// fromC: Go decodes what our encoder made, into the real types. What it sees
// must be what our JSON says.
func (c *checker) fromC(x exchanged, our call) {
	raw, err := hex.DecodeString(x.Gob)
	if err != nil {
		c.fail("not hexadecimal: %v", err)
		return
	}
	v := reflect.New(partType(x.Call, x.Part))
	dec := gob.NewDecoder(bytes.NewReader(raw))
	if err := dec.DecodeValue(v); err != nil {
		c.fail("Go cannot decode it: %v", err)
		return
	}
	if err := dec.DecodeValue(reflect.Value{}); err != io.EOF {
		c.fail("something follows the value: %v", err)
	}
	if x.Part == "error" {
		c.errorIsSet(our, v.Elem())
	} else if !c.older { // an older module drops the newer fields
		c.compare(x, c.expectedPart(our, x.Part, v.Elem()))
	}
}

func (c *checker) errorIsSet(our call, v reflect.Value) {
	for _, f := range our.Reply {
		if isResult(f) {
			continue
		}
		if value := v.FieldByName(f.Go); value.IsZero() || !strings.Contains(fmt.Sprint(value.Interface()), fullText) {
			c.fail("the error does not arrive")
		}
	}
}

func (c *checker) compare(x exchanged, want any) {
	tail, err := hex.DecodeString(x.Tail)
	if err != nil {
		c.fail("tail: %v", err)
		return
	}
	if got := resolve(x.Json, tail); !reflect.DeepEqual(got, want) {
		c.fail("differs\n    ours %s\n    Go's %s", encoded(got), encoded(want))
	}
}

// toC writes a line for dump.c's translate: what Go's encoder makes of a full
// value. want is remembered.
func (c *checker) toC(our call, part string, out io.Writer) (any, bool) {
	t := partType(our.Name, part)
	if t == nil {
		return nil, false
	}
	v := reflect.New(t).Elem()
	want := func(f field) bool { return part == "args" || isResult(f) == (part == "reply") }
	c.fill(partFields(our, part), v, nesting, want)
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).EncodeValue(v); err != nil {
		c.fail("Go cannot encode it: %v", err)
		return nil, false
	}
	fmt.Fprintf(out, "%s %s %s %x\n", our.Side, our.Name, part, b.Bytes())
	if part == "error" {
		return fullText, true
	}
	return c.expectedPart(our, part, v), true
}

func (c *checker) judgeTranslation(x exchanged, want any) {
	if x.Part != "error" {
		c.compare(x, want)
		return
	}
	if got, ok := x.Json.(map[string]any); !ok || got["message"] != want {
		c.fail("the error's message is not %q: %s", want, encoded(x.Json))
	}
}

func lines(r io.Reader, each func(exchanged)) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var x exchanged
		if err := json.Unmarshal(sc.Bytes(), &x); err != nil {
			return err
		}
		each(x)
	}
	return sc.Err()
}

func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		fmt.Fprintln(os.Stderr, "schema-check:", err)
		os.Exit(2)
	}
	return b
}

func decoded(b []byte) any {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Sprintf("(no JSON: %v)", err)
	}
	return v
}
