package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

func newData(t *testing.T) Data {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	log := history.New(history.Options{BlockSize: 10})
	t.Cleanup(func() { log.Close(); st.Close() })
	return Data{st, log}
}

var ctx = context.Background()

// all returns all that there is.
func all(t *testing.T, d Data) (list []string) {
	t.Helper()
	for _, shelf := range store.Shelves {
		if err := d.Store.List(ctx, shelf, "", func(r store.Record) bool {
			list = append(list, fmt.Sprintf("%s/%q: %q", shelf, r.Key, r.Value))
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, buffer := range d.History.Buffers() {
		if err := d.History.Each(ctx, buffer, func(e *event.Event, _ bool) bool {
			list = append(list, fmt.Sprintf("%s: %#v", buffer, *e))
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// fill stores records, also such as no package of today writes, and messages.
func fill(t *testing.T, d Data) {
	t.Helper()
	for i := range 300 {
		if _, err := d.Store.Put(ctx, store.Accounts, fmt.Sprint("account", i), fmt.Appendf(nil, `{"schema":1,"record":{"n":%d,"x":"<&>"}}`, i), 0); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{"not JSON": "\x00\xff", "not \xff UTF-8": `{}`, "large": `"` + strings.Repeat("x", store.MaxValue-2) + `"`} {
		if _, err := d.Store.Put(ctx, store.Settings, key, []byte(value), 0); err != nil {
			t.Fatal(err)
		}
	}
	c := event.NewClock("uaaaaaaa", time.Now)
	for i := range 250 {
		buffer := []string{"#tea", "alice bob"}[i%2]
		var body event.Body = event.MessageSent{Command: "PRIVMSG", Target: buffer, Text: fmt.Sprint("text ", i)}
		switch i {
		case 7:
			body = event.Kicked{Channel: buffer, Target: "u", Nick: "bob", Reason: "\xff"}
		case 9:
			body = event.MessageSent{Command: "NOTICE", Target: buffer, Lines: []event.Line{{Text: "a"}, {Text: "b", Concat: true}}, Tags: []event.Tag{{Key: "+x", Value: "y"}}}
		}
		d.History.Append(buffer, &event.Event{Stamp: c.Stamp(), UID: "u", Source: "alice!a@b", Account: "alice", Body: body})
	}
}

func export(t *testing.T, d Data) []byte {
	t.Helper()
	var b bytes.Buffer
	counts, err := Export(ctx, d, Options{Server: "irc.example.org", Records: true, Events: true}, &b)
	if err != nil || counts != (Counts{303, 250}) {
		t.Fatal(counts, err)
	}
	return b.Bytes()
}

// TestExport: what is exported is the same when it is imported, once and again.
func TestExport(t *testing.T) {
	from, to := newData(t), newData(t)
	fill(t, from)
	from.History.SetPolicy("#secret", history.Policy{Keep: history.Ephemeral})
	from.History.Append("#secret", &event.Event{Stamp: event.Stamp{Ticks: 1 << 20, Server: "u"}, Body: event.MessageSent{Text: "secret"}})
	b := export(t, from)
	if bytes.Contains(b, []byte("secret")) {
		t.Error("what is kept in memory only is exported")
	}
	from.History.Drop("#secret")
	for again := range 2 {
		s := &Sink{Data: to}
		if err := Import(ctx, bytes.NewReader(b), s); err != nil || len(s.Notes) > 0 {
			t.Fatal(err, s.Notes)
		}
		if again == 0 && (s.Added.Records != 303 || s.There.Records != 0) || again == 1 && (s.Added.Records != 0 || s.There.Records != 303) {
			t.Errorf("import %d: %+v, there were %+v", again, s.Added, s.There)
		}
		if got, want := all(t, to), all(t, from); !slices.Equal(got, want) {
			t.Errorf("import %d: %d are there of %d", again, len(got), len(want))
		}
	}
}

// TestReplace: what is there stays, unless it is to be replaced.
func TestReplace(t *testing.T) {
	from := newData(t)
	fill(t, from)
	b := export(t, from)
	for _, replace := range []bool{false, true} {
		to := newData(t)
		if _, err := to.Store.Put(ctx, store.Accounts, "account7", []byte(`{"mine":1}`), 0); err != nil {
			t.Fatal(err)
		}
		if err := Import(ctx, bytes.NewReader(b), &Sink{Data: to, Replace: replace}); err != nil {
			t.Fatal(err)
		}
		r, err := to.Store.Get(ctx, store.Accounts, "account7")
		if mine := string(r.Value) == `{"mine":1}`; err != nil || mine == replace {
			t.Errorf("replace is %v, and the record is %s (%v)", replace, r.Value, err)
		}
	}
}

// TestDamaged: what is not whole is noticed, and never a panic.
func TestDamaged(t *testing.T) {
	from := newData(t)
	fill(t, from)
	lines := bytes.SplitAfter(export(t, from), []byte("\n"))
	join := func(parts ...[][]byte) []byte { return bytes.Join(slices.Concat(parts...), nil) }
	n := len(lines)
	for _, tt := range []struct {
		name string
		b    []byte
		err  error
		text string
	}{
		{"empty", nil, ErrIncomplete, ""},
		{"another file", []byte("[network]\n"), ErrForm, "line 1"},
		{"newer", []byte(`{"kind":"parley","version":99}`), ErrNewer, ""},
		{"without the end", join(lines[:n-2]), ErrIncomplete, ""},
		{"without a line", join(lines[:5], lines[6:]), ErrIncomplete, ""},
		{"cut in a line", join(lines[:5], [][]byte{lines[5][:30]}), nil, "line 6"},
		{"more after the end", join(lines, lines[5:6]), nil, "more after the end"},
		{"of an unknown kind", join(lines[:5], [][]byte{[]byte("{\"kind\":\"new\"}\n")}, lines[5:]), nil, ""},
	} {
		err := Import(ctx, bytes.NewReader(tt.b), &Sink{Data: newData(t)})
		switch {
		case tt.err == nil && tt.text == "" && err != nil, tt.err != nil && !errors.Is(err, tt.err), tt.text != "" && (err == nil || !strings.Contains(err.Error(), tt.text)):
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestExportStops: an export ends when nobody wants it any more.
func TestExportStops(t *testing.T) {
	from := newData(t)
	fill(t, from)
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	var b bytes.Buffer
	if _, err := Export(stopped, from, Options{Records: true, Events: true}, &b); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
