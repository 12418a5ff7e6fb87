package accounts

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// A record is an account with its secrets, as it is stored.
type record struct {
	Account
	Password string           `json:"password,omitempty"` // a hash of package password
	Scram    *verifier        `json:"scram,omitempty"`
	Codes    map[purpose]code `json:"codes,omitempty"` // that were mailed
	// Secrets are those of the factors, by their ID, and Recovery what is known of the
	// codes that replace a factor once.
	Secrets  map[string]factorSecret `json:"secrets,omitempty"`
	Recovery [][]byte                `json:"recovery,omitempty"`
	AppSums  map[string][]byte       `json:"app-sums,omitempty"` // of app passwords, by name
	Warned   time.Time               `json:"warned,omitzero"`    // when the owner was written to that it will expire
}

// A nickRecord says whose a nick is. Its key is the skeleton of the nick, so that
// the store itself sees to it that names which look the same have one owner.
type nickRecord struct {
	Nick    string         `json:"nick"`
	Account casemap.Folded `json:"account,omitempty"` // "" if the nick is reserved
	Since   time.Time      `json:"since"`
}

// A certRecord says whose a certificate is. Its key is the fingerprint.
type certRecord struct {
	Account casemap.Folded `json:"account"`
}

// An identityRecord says whose an identity elsewhere is. Its key is made from that.
type identityRecord struct {
	Account casemap.Folded `json:"account"`
}

// A secretRecord is a secret that the servers of a network share.
type secretRecord struct {
	Secret []byte `json:"secret"`
}

var (
	accountSchema  = store.Schema[record]{Name: "account", Migrations: []store.Migration{second}}
	nickSchema     = store.Schema[nickRecord]{Name: "nick"}
	certSchema     = store.Schema[certRecord]{Name: "certificate"}
	identitySchema = store.Schema[identityRecord]{Name: "identity"}
	secretSchema   = store.Schema[secretRecord]{Name: "secret"}
)

// second drops the only code that there was once, since it was sent to nobody, and makes
// an ID.
func second(f map[string]json.RawMessage) error {
	delete(f, "code")
	var since, name string
	if err := errors.Join(json.Unmarshal(f["created"], &since), json.Unmarshal(f["name"], &name)); err != nil {
		return err
	}
	id, err := json.Marshal(name + " " + since)
	f["id"] = id
	return err
}

// A batch collects changes for one commit.
type batch struct {
	ops []store.Op
	err error
}

// put replaces the record of revision rev (0: there must be none). What the
// batch was to delete is replaced instead.
func put[T any](b *batch, sch store.Schema[T], shelf, key string, v T, rev uint64) {
	value, err := sch.Encode(v)
	if err != nil {
		b.err = err
	}
	for i, op := range b.ops {
		if op.Shelf == shelf && op.Key == key && op.Delete && rev == 0 {
			b.ops[i] = store.Op{Shelf: shelf, Key: key, Value: value, Rev: op.Rev}
			return
		}
	}
	b.ops = append(b.ops, store.Op{Shelf: shelf, Key: key, Value: value, Rev: rev})
}

func (b *batch) delete(shelf, key string, rev uint64) {
	b.ops = append(b.ops, store.Op{Shelf: shelf, Key: key, Rev: rev, Delete: true})
}
