// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"

	"github.com/mattermost/mattermost/server/public/model"
)

func (a *api) kvKey(where, key string) *model.AppError {
	if key == "" || len([]rune(key)) > model.KeyValueKeyMaxRunes {
		return badRequest(where, "model.plugin_key_value.is_valid.key.app_error")
	}
	return nil
}

func (a *api) KVSetWithOptions(key string, value []byte, o model.PluginKVSetOptions) (bool, *model.AppError) {
	a.call("KVSetWithOptions", key, string(value), o)
	if err := o.IsValid(); err != nil {
		return false, err
	}
	if err := a.kvKey("KVSetWithOptions", key); err != nil {
		return false, err
	}
	defer a.lock()()
	if o.Atomic && !bytes.Equal(a.h.st.kvGet(a.manifest.Id, key), o.OldValue) {
		return false, nil
	}
	exp := int64(0)
	if o.ExpireInSeconds != 0 {
		exp = now() + o.ExpireInSeconds*1000
	}
	a.h.st.kvSet(a.manifest.Id, key, value, exp)
	return true, nil
}

func (a *api) KVSet(key string, value []byte) *model.AppError {
	_, err := a.KVSetWithOptions(key, value, model.PluginKVSetOptions{})
	return err
}

func (a *api) KVSetWithExpiry(key string, value []byte, secs int64) *model.AppError {
	_, err := a.KVSetWithOptions(key, value, model.PluginKVSetOptions{ExpireInSeconds: secs})
	return err
}

func (a *api) KVCompareAndSet(key string, old, value []byte) (bool, *model.AppError) {
	return a.KVSetWithOptions(key, value, model.PluginKVSetOptions{Atomic: true, OldValue: old})
}

func (a *api) KVCompareAndDelete(key string, old []byte) (bool, *model.AppError) {
	return a.KVSetWithOptions(key, nil, model.PluginKVSetOptions{Atomic: true, OldValue: old})
}

func (a *api) KVGet(key string) ([]byte, *model.AppError) {
	a.call("KVGet", key)
	defer a.lock()()
	return a.h.st.kvGet(a.manifest.Id, key), nil
}

func (a *api) KVDelete(key string) *model.AppError {
	a.call("KVDelete", key)
	defer a.lock()()
	a.h.st.kvSet(a.manifest.Id, key, nil, 0)
	return nil
}

func (a *api) KVDeleteAll() *model.AppError {
	a.call("KVDeleteAll")
	defer a.lock()()
	delete(a.h.st.kv, a.manifest.Id)
	return nil
}

func (a *api) KVList(p, per int) ([]string, *model.AppError) {
	a.call("KVList", p, per)
	defer a.lock()()
	return page(a.h.st.kvKeys(a.manifest.Id), p, per), nil
}
