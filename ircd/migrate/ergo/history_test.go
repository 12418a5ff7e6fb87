package ergo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/migrate"
)

const historyFixture = "testdata/history.json"

// heard returns what a history says, a line each.
func heard(t testing.TB, text string) (lines []string, left int) {
	t.Helper()
	left, err := ReadHistory(strings.NewReader(text), func(s *migrate.Said) error {
		nick, _, _ := strings.Cut(s.Source, "!")
		lines = append(lines, fmt.Sprintf("%d %s %s %s/%s %s %v", s.Seq, s.Target, s.With, nick, s.Account, s.ReplyTo, s.Body))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, left
}

func TestHistory(t *testing.T) {
	b, err := os.ReadFile(historyFixture)
	if err != nil {
		t.Fatal(err)
	}
	if !LikeHistory(b) || Like(b) {
		t.Error("the file is not recognised")
	}
	lines, left := heard(t, string(b))
	want := []string{
		"1 #tea  bob/bob  {#tea  false}",
		"2 #tea  bob/bob  {PRIVMSG   0 is the pot on? [] [] false   {0 } []}",
		"3 #tea  alice/alice old2 {PRIVMSG   0 it is [] [] false   {0 } []}",
		"4 #tea  alice/alice  {PRIVMSG   0  [{green false} {or black false}] [] false   {0 } []}",
		"5 #tea  eve/  {PRIVMSG   0 who am I? [] [] false   {0 } []}",
		"6 alice bob bob/bob  {PRIVMSG   0 a secret [] [] false   {0 } []}",
		"6 bob alice bob/bob  {PRIVMSG   0 a secret [] [] false   {0 } []}",
		"7 alice stranger stranger/  {PRIVMSG   0 hello [] [] false   {0 } []}",
		"9 #tea  alice/alice  {#tea Black today}",
		"10 #tea  alice/alice  {#tea  be nice eve false}",
	}
	if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") || left != 1 {
		t.Errorf("%s\n%d left out", got, left)
	}

	// A line each, as other databases write it.
	text := strings.TrimSuffix(strings.TrimPrefix(string(b), "["), "]\n")
	if again, _ := heard(t, strings.ReplaceAll(text, "},\n", "}\n")); len(again) != len(want) {
		t.Errorf("%d lines", len(again))
	}
}

func TestHistoryRefuses(t *testing.T) {
	keep := func(*migrate.Said) error { return nil }
	for _, text := range []string{"tea", `{"target":"#tea"`, `[{"x":1}]`, `[1]`} {
		if _, err := ReadHistory(strings.NewReader(text), keep); !errors.Is(err, ErrHistory) {
			t.Errorf("%s: %v", text, err)
		}
	}
	stop := errors.New("enough")
	if _, err := ReadHistory(strings.NewReader(`[{"target":"#tea","data":"{\"Type\":3,\"Message\":{\"Time\":\"2026-11-28T02:00:00Z\"}}"}]`), func(*migrate.Said) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if left, err := ReadHistory(strings.NewReader(`[{"target":"#tea","data":"nonsense"}]`), keep); left != 1 || err != nil {
		t.Error(left, err)
	}
}

func FuzzHistory(f *testing.F) {
	b, err := os.ReadFile(historyFixture)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"target":"#tea","data":"{\"Type\":1,\"Tags\":{\"+a\\r\":\"b\"},\"Message\":{\"Message\":\"x\\r\\ny\",\"Time\":\"2026-11-28T02:00:00Z\"}}"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = ReadHistory(bytes.NewReader(b), func(s *migrate.Said) error {
			if text := fmt.Sprint(s.Body); strings.ContainsAny(text, "\r\n\x00") && !strings.ContainsAny(s.Target, "\r\n\x00") {
				t.Errorf("%q", text)
			}
			return nil
		})
	})
}
