package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// TestDowngrade: a server refuses to start on records that a newer one has written, and
// says so, instead of losing what it does not know. They stay as they are.
func TestDowngrade(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir)
	p.address("127.0.0.1")
	code, _, stderr := ircd(t, dir, "secret\n", "account", "add", "alice")
	codeIs(t, code, exitOK, stderr)
	p.signal(syscall.SIGTERM)
	p.exit()
	path := filepath.Join(dir, "data", "parley.db")
	change := func(key string, value []byte) {
		t.Helper()
		st, err := bunt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if value == nil {
			err = st.Delete(t.Context(), store.Accounts, key, 0)
		} else {
			_, err = st.Put(t.Context(), store.Accounts, key, value, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	change("bob", []byte(`{"schema":99,"record":{"name":"bob","what":"nobody knows yet"}}`))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr = ircd(t, dir, "", "run")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "written by a newer version of Parley", "accounts/bob")
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("the records have changed", err)
	}
	change("bob", nil)
	p = launch(t, dir)
	p.address("127.0.0.1")
	_, stdout, _ := ircd(t, dir, "", "account", "list")
	contains(t, stdout, "alice")
}
