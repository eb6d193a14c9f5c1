// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"reflect"

	"github.com/stretchr/testify/mock"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/plugin/plugintest"
)

// api is the plugin API of the harness for one plugin. Methods that are not
// written here fall through to the mock, which answers 501 or zero values.
type api struct {
	plugintest.API
	h        *host
	manifest *model.Manifest
}

func newAPI(h *host, m *model.Manifest) *api {
	a := &api{h: h, manifest: m}
	t := reflect.TypeFor[plugin.API]()
	appErr := reflect.TypeFor[*model.AppError]()
	errT := reflect.TypeFor[error]()
	for i := 0; i < t.NumMethod(); i++ {
		m := t.Method(i)
		if m.Type.IsVariadic() {
			continue
		}
		args := make([]any, m.Type.NumIn())
		for j := range args {
			args[j] = mock.Anything
		}
		rets := make([]any, m.Type.NumOut())
		for j := range rets {
			switch o := m.Type.Out(j); {
			case o == appErr:
				rets[j] = model.NewAppError(m.Name, "harness.not_implemented", nil, "", http.StatusNotImplemented)
			case o == errT:
				rets[j] = fmt.Errorf("harness: %s is not implemented", m.Name)
			default:
				rets[j] = reflect.Zero(o).Interface()
			}
		}
		name := m.Name
		a.On(name, args...).Maybe().Return(rets...).Run(func(mock.Arguments) { h.emit("api", "name", name, "unimplemented", true) })
	}
	return a
}

func notFound(where string) *model.AppError {
	return model.NewAppError(where, "harness.not_found", nil, "", http.StatusNotFound)
}

func badRequest(where, id string) *model.AppError {
	return model.NewAppError(where, id, nil, "", http.StatusBadRequest)
}

// call prints one API call when tracing is on.
func (a *api) call(name string, args ...any) {
	if a.h.trace.Load() {
		a.h.emit("api", "plugin", a.manifest.Id, "name", name, "args", args)
	}
}

func (a *api) lock() func() {
	a.h.st.mu.Lock()
	return a.h.st.mu.Unlock
}

// found clones a stored thing or answers 404.
func found[T any](where string, v *T) (*T, *model.AppError) {
	if v == nil {
		return nil, notFound(where)
	}
	return v, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
