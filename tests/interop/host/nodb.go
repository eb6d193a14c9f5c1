// SPDX-License-Identifier: Apache-2.0

package main

import (
	"database/sql"
	"database/sql/driver"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// noDB is the database driver of the harness: every call fails.
type noDB struct{}

func (noDB) ConnWithPluginID(bool, string) (string, error) { return "", sql.ErrConnDone }
func (noDB) ShutdownConns(string)                          {}
func (noDB) Conn(bool) (string, error)                     { return "", sql.ErrConnDone }
func (noDB) ConnPing(string) error                         { return sql.ErrConnDone }
func (noDB) ConnClose(string) error                        { return sql.ErrConnDone }
func (noDB) ConnQuery(string, string, []driver.NamedValue) (string, error) {
	return "", sql.ErrConnDone
}
func (noDB) ConnExec(string, string, []driver.NamedValue) (plugin.ResultContainer, error) {
	return plugin.ResultContainer{}, sql.ErrConnDone
}
func (noDB) Tx(string, driver.TxOptions) (string, error)           { return "", sql.ErrConnDone }
func (noDB) TxCommit(string) error                                 { return sql.ErrConnDone }
func (noDB) TxRollback(string) error                               { return sql.ErrConnDone }
func (noDB) Stmt(string, string) (string, error)                   { return "", sql.ErrConnDone }
func (noDB) StmtClose(string) error                                { return sql.ErrConnDone }
func (noDB) StmtNumInput(string) int                               { return 0 }
func (noDB) StmtQuery(string, []driver.NamedValue) (string, error) { return "", sql.ErrConnDone }
func (noDB) StmtExec(string, []driver.NamedValue) (plugin.ResultContainer, error) {
	return plugin.ResultContainer{}, sql.ErrConnDone
}
func (noDB) RowsColumns(string) []string                                   { return nil }
func (noDB) RowsClose(string) error                                        { return sql.ErrConnDone }
func (noDB) RowsNext(string, []driver.Value) error                         { return sql.ErrConnDone }
func (noDB) RowsHasNextResultSet(string) bool                              { return false }
func (noDB) RowsNextResultSet(string) error                                { return sql.ErrConnDone }
func (noDB) RowsColumnTypeDatabaseTypeName(string, int) string             { return "" }
func (noDB) RowsColumnTypePrecisionScale(string, int) (int64, int64, bool) { return 0, 0, false }
