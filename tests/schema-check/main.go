// SPDX-License-Identifier: Apache-2.0

// Command schema-check compares the tables of server/schema with the real
// types of one version of Mattermost's plugin module, by reflection, and what
// both sides make of values, through Go's own gob.
//
// What the newest module has must be in the tables and the other way round.
// With -older, what only the tables have is newer than that module: it is
// listed, and is no failure.
//
//	schema-check -tables FILE -make             prints what Go encodes, for "dump translate"
//	schema-check -tables FILE -values FILE -translated FILE [-older]
package main

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// methodTypes is what registry_gen.go (go-check's gen makes it) fills.
type methodTypes struct{ args, reply reflect.Type }

type field struct{ Go, Json, Type string }

type call struct {
	Name, Side  string
	Args, Reply []field
}

type tables struct {
	Calls      []call
	Structs    map[string][]field
	Registered map[string]string
}

// subsets are the structs of which we take only what a bot asks for.
var subsets = map[string]string{
	"Config": "", "ServiceSettings": "", "TeamSettings": "", "FileSettings": "", "PrivacySettings": "",
	"LocalizationSettings": "", "ClusterSettings": "", "MetricsSettings": "", "PluginSettings": "",
	"License": "", "Manifest": "", "Response": "",
	"HTTPRequestSubset": "Body never carries data",
}

// goNames are the structs whose fields have no json tags and appear under
// their Go names in the REST API.
var goNames = []string{
	"Config", "ServiceSettings", "TeamSettings", "FileSettings", "PrivacySettings", "LocalizationSettings",
	"ClusterSettings", "MetricsSettings", "PluginSettings", "PluginState",
	"AutocompleteData", "AutocompleteArg", "AutocompleteTextArg", "AutocompleteListItem", "AutocompleteStaticListArg",
	"AutocompleteDynamicListArg",
}

// renamed are structs with another name in this version of the module.
var renamed = map[string][]string{
	"MessageAttachment": {"SlackAttachment"}, "MessageAttachmentField": {"SlackAttachmentField"},
}

var registered = map[string]any{
	"map[string]interface {}":           map[string]any{},
	"[]interface {}":                    []any{},
	"[]*model.SlackAttachment":          model.CommandResponse{}.Attachments,
	"*model.AppError":                   &model.AppError{},
	"*plugin.ErrorString":               &plugin.ErrorString{},
	"*model.PreviewPost":                &model.PreviewPost{},
	"*model.AutocompleteTextArg":        &model.AutocompleteTextArg{},
	"*model.AutocompleteStaticListArg":  &model.AutocompleteStaticListArg{},
	"*model.AutocompleteDynamicListArg": &model.AutocompleteDynamicListArg{},
}

type checker struct {
	ours    tables
	older   bool
	seen    map[string]reflect.Type // structs whose Go type has been met
	waiting []string
	missing map[string]bool // what this module does not have
	bad     []string        // of the test that runs now
	passed  int
	failed  int
}

func main() {
	tablesFile := flag.String("tables", "", "what dump tables printed")
	valuesFile := flag.String("values", "", "what dump values printed")
	translatedFile := flag.String("translated", "", "what dump translate printed")
	onlyMake := flag.Bool("make", false, "print full values as Go encodes them, and end")
	older := flag.Bool("older", false, "what the module lacks is newer, not wrong")
	flag.Parse()
	c := &checker{older: *older, seen: map[string]reflect.Type{}, missing: map[string]bool{}}
	input := open(*tablesFile)
	dec := json.NewDecoder(input)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c.ours); err != nil {
		fatal("the tables cannot be read: %v", err)
	}
	if *onlyMake {
		c.makeAll(os.Stdout)
		return
	}
	fmt.Println("module github.com/mattermost/mattermost/server/public", moduleVersion())
	c.checkTables()
	c.checkValues(open(*valuesFile))
	c.checkTranslations(open(*translatedFile))
	for _, what := range sortedKeys(c.missing) {
		fmt.Println("  newer than this module:", what)
	}
	fmt.Printf("%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 || c.passed == 0 {
		os.Exit(1)
	}
}

func open(path string) io.Reader {
	f, err := os.Open(path)
	if err != nil {
		fatal("%v", err)
	}
	return f
}

func fatal(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "schema-check: "+format+"\n", args...)
	os.Exit(2)
}

func (c *checker) checkTables() {
	for _, our := range c.ours.Calls {
		c.test(our.Side+" "+our.Name, func() { c.call(our) })
	}
	for _, name := range sortedKeys(c.ours.Registered) {
		c.test("registered "+name, func() { c.registered(name) })
	}
	for len(c.waiting) > 0 {
		name := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.test("struct "+name, func() { c.structure(name, c.seen[name]) })
	}
	c.test("every struct of the tables is used", func() {
		for name := range c.ours.Structs {
			if c.seen[name] == nil && !c.older {
				c.fail("%s was never met", name)
			}
		}
	})
}

// makeAll prints each call's arguments and replies, full, as Go encodes them.
func (c *checker) makeAll(out io.Writer) map[string]any {
	want := map[string]any{}
	for _, our := range c.ours.Calls {
		for _, part := range []string{"args", "reply", "error"} {
			if part == "error" && !slices.ContainsFunc(our.Reply, func(f field) bool { return !isResult(f) }) {
				continue
			}
			if w, ok := c.toC(our, part, out); ok {
				want[our.Side+" "+our.Name+" "+part] = w
			}
		}
	}
	return want
}

// checkValues: what C made of its own values, and what Go sees of them.
func (c *checker) checkValues(input io.Reader) {
	err := lines(input, func(x exchanged) {
		if partType(x.Call, x.Part) == nil {
			return // the call is newer than this module
		}
		c.test("from C: "+x.Call+" "+x.Part, func() { c.fromC(x, c.find(x)) })
	})
	if err != nil {
		fatal("the values cannot be read: %v", err)
	}
}

// checkTranslations: what C saw of Go's values.
func (c *checker) checkTranslations(input io.Reader) {
	want := c.makeAll(io.Discard)
	err := lines(input, func(x exchanged) {
		key := x.Side + " " + x.Call + " " + x.Part
		c.test("to C: "+x.Call+" "+x.Part, func() { c.judgeTranslation(x, want[key]) })
		delete(want, key)
	})
	if err != nil {
		fatal("the translations cannot be read: %v", err)
	}
	for _, key := range sortedKeys(want) {
		c.test("to C: "+key, func() { c.fail("was not translated") })
	}
}

func (c *checker) find(x exchanged) call {
	for _, our := range c.ours.Calls {
		if our.Side == x.Side && our.Name == x.Call {
			return our
		}
	}
	fatal("a value of a call that is not in the tables: %s", x.Call)
	return call{}
}

func (c *checker) test(name string, run func()) {
	c.bad = nil
	run()
	if len(c.bad) == 0 {
		c.passed++
		return
	}
	c.failed++
	for _, b := range c.bad {
		fmt.Printf("  FAIL %s: %s\n", name, b)
	}
}

func (c *checker) fail(format string, args ...any) {
	c.bad = append(c.bad, fmt.Sprintf(format, args...))
}

// absent notes what our tables have and the module has not.
func (c *checker) absent(format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if c.older {
		c.missing[what] = true
	} else {
		c.fail("%s is not in the module", what)
	}
}

func (c *checker) call(our call) {
	types, ok := pluginMethods[our.Name]
	if !ok {
		c.absent("%s %s", our.Side, our.Name)
		return
	}
	c.fields(our.Name+" arguments", our.Args, types.args, false)
	c.fields(our.Name+" reply", our.Reply, types.reply, false)
}

// structure compares the fields and JSON names of one of our structs.
func (c *checker) structure(name string, t reflect.Type) {
	ours, ok := c.ours.Structs[name]
	if !ok {
		c.fail("is not in the tables")
		return
	}
	if t.Name() != name && !slices.Contains(renamed[name], t.Name()) {
		c.fail("is called %s in Go", t.Name())
	}
	_, subset := subsets[name]
	c.fields(name, ours, t, subset)
	for _, f := range ours {
		if g, ok := t.FieldByName(f.Go); ok {
			if want := jsonName(name, g); want != f.Json {
				c.fail("%s: JSON name is %q, want %q", f.Go, f.Json, want)
			}
		}
	}
}

// fields compares names and kinds. The order is Go's, so that an encoder that
// follows the table writes what Go would write.
func (c *checker) fields(what string, ours []field, t reflect.Type, subset bool) {
	byName := map[string]field{}
	var order []string
	for _, f := range ours {
		if _, twice := byName[f.Go]; twice {
			c.fail("%s stands there twice", f.Go)
		}
		byName[f.Go] = f
	}
	for i := range t.NumField() {
		g := t.Field(i)
		if !g.IsExported() || g.Type.Kind() == reflect.Func || g.Type.Kind() == reflect.Chan {
			continue
		}
		f, ok := byName[g.Name]
		if !ok {
			if !subset && !c.older {
				c.fail("%s lacks %s %s", what, g.Name, g.Type)
			}
			continue
		}
		order = append(order, g.Name)
		delete(byName, g.Name)
		if err := c.kind(f.Type, g.Type); err != nil {
			c.fail("%s.%s: %v", what, f.Go, err)
		}
	}
	for name := range byName {
		c.absent("%s.%s", what, name)
	}
	at := 0
	for _, f := range ours {
		if at < len(order) && f.Go == order[at] {
			at++
		}
	}
	if at < len(order) && !c.older {
		c.fail("%s: %s is out of order", what, order[at])
	}
}

var (
	gobEncoder = reflect.TypeFor[gob.GobEncoder]()
	binary     = reflect.TypeFor[interface{ MarshalBinary() ([]byte, error) }]()
	goError    = reflect.TypeFor[error]()
)

// kind compares one of our type texts with a Go type as gob sees it.
func (c *checker) kind(ours string, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		if opaque(t) {
			break
		}
		t = t.Elem()
	}
	if name, ok := strings.CutPrefix(ours, "struct:"); ok && t.Kind() == reflect.Struct && !opaque(t) {
		if old, met := c.seen[name]; met && old != t {
			return fmt.Errorf("%s is %s here and %s elsewhere", name, t, old)
		} else if !met {
			c.seen[name] = t
			c.waiting = append(c.waiting, name)
		}
		return nil
	}
	if elem, ok := strings.CutPrefix(ours, "[]"); ok && t.Kind() == reflect.Slice {
		return c.kind(elem, t.Elem())
	}
	if elem, ok := strings.CutPrefix(ours, "map:"); ok && t.Kind() == reflect.Map && t.Key().Kind() == reflect.String {
		return c.kind(elem, t.Elem())
	}
	if real := kindText(t); real != ours && !(ours == "json" && real == "bytes") {
		return fmt.Errorf("type is %s, in Go %s (%s)", ours, real, t)
	}
	return nil
}

func opaque(t reflect.Type) bool {
	return t.Implements(gobEncoder) || t.Implements(binary)
}

func kindText(t reflect.Type) string {
	switch {
	case t.String() == "url.URL" || t.String() == "*url.URL":
		return "url"
	case t.String() == "time.Time" || t.String() == "*time.Time":
		return "time"
	case opaque(t):
		return "opaque"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "int"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "uint"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.String:
		return "string"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
	case reflect.Interface:
		if t == goError {
			return "error"
		}
		return "any"
	}
	return t.Kind().String()
}

// jsonName is the rule of server/schema/table.h.
func jsonName(structure string, f reflect.StructField) string {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Anonymous && tag == "":
		return ""
	case tag != "" && tag != "-":
		return tag
	case slices.Contains(goNames, structure):
		return f.Name
	}
	return snakeCase(f.Name)
}

func snakeCase(name string) string {
	var b strings.Builder
	r := []rune(name)
	for i, c := range r {
		startsWord := unicode.IsUpper(c) && i > 0 &&
			(unicode.IsLower(r[i-1]) || (i+1 < len(r) && unicode.IsLower(r[i+1])))
		if startsWord {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// registered looks at the name that gob really writes for a value.
func (c *checker) registered(name string) {
	value, ok := registered[name]
	if !ok {
		c.fail("is not in the list of main.go")
		return
	}
	var out strings.Builder
	err := gob.NewEncoder(&out).Encode(&struct{ V any }{value})
	if err != nil && !errors.Is(err, io.EOF) {
		c.fail("gob does not send it: %v", err)
	}
	if !strings.Contains(out.String(), string(rune(len(name)))+name) {
		c.fail("gob sends it under another name")
	}
	if err := c.kind(c.ours.Registered[name], reflect.TypeOf(value)); err != nil {
		c.fail("%v", err)
	}
}

func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/mattermost/mattermost/server/public" {
				return m.Version
			}
		}
	}
	return "(unknown)"
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
