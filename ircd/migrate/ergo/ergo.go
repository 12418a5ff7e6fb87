// Package ergo reads the database of Ergo, the file ircd.db: accounts, channels, users
// who are always on, and bans. Its form is that of BuntDB, with keys such as
// "account.name alice" and values that are JSON.
// https://github.com/ergochat/ergo/blob/stable/docs/MANUAL.md
package ergo

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// versionKey has the version of the form. Version 23 came with Ergo 2.11; older files
// are brought to it by a start of that, or of a later one.
const (
	versionKey    = "0 AP9VDdQKv3n1mI5ZYY3bVw"
	oldVersionKey = "db.version"
	oldest        = 23
	newest        = 24
)

// Like reports whether a file begins as one that BuntDB has written.
func Like(head []byte) bool {
	return len(head) > 8 && head[0] == '*' && strings.Contains(string(head), "\r\n$")
}

// A file is a database on the way to become a migrate.Network.
type file struct {
	records map[string]string
	out     *migrate.Network
}

// Read reads a database.
func Read(r io.Reader) (*migrate.Network, error) {
	records, err := read(r)
	if err != nil {
		return nil, err
	}
	f := &file{records, &migrate.Network{}}
	if err := f.checkVersion(); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(records)) {
		kind, name, _ := strings.Cut(key, " ")
		switch kind {
		case "account.exists":
			f.account(name)
		case "account.unregistered":
			f.out.Reserved = append(f.out.Reserved, name)
		case "1":
			f.channel(records[key])
		case "2":
			f.purge(records[key])
		case "bans.dlinev2":
			f.dline(name, records[key])
		case "bans.klinev2":
			f.kline(name, records[key])
		}
	}
	return f.out, nil
}

func (f *file) checkVersion() error {
	text, ok := f.records[versionKey]
	if !ok {
		text = f.records[oldVersionKey]
	}
	v, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return ErrForm
	case v < oldest:
		return fmt.Errorf("the database has version %d, of an old Ergo; start Ergo 2.11 or later with it once, and stop it again", v)
	case v > newest:
		f.out.Note("file", "version "+text, "it was written by a newer Ergo than is known here; what is new in it is left out")
	}
	return nil
}

// decode reads a value. One that is not there is zero; one that does not read is noted.
func decode[T any](f *file, kind, name, what, value string) (v T, ok bool) {
	if value == "" {
		return v, false
	}
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		f.out.Note(kind, name, "%s cannot be read", what)
		var zero T
		return zero, false
	}
	return v, true
}

// nano returns the time of a number of nanoseconds.
func nano(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return migrate.Unix(n / int64(time.Second))
}

// sane returns a time that can be kept.
func sane(t time.Time) time.Time { return migrate.Unix(t.Unix()) }

// until returns when something ends that lasts for d, zero if it does not.
func until(since time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return time.Time{}
	}
	return sane(since.Add(d))
}
