package spamfilter

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/store/bunt"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func open(t testing.TB, st *bunt.Store, sid string) *Service {
	t.Helper()
	s, err := Open(t.Context(), st, sid, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func openStore(t testing.TB) *bunt.Store {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func set(t testing.TB, s *Service, targets, pattern string, a Action) Filter {
	t.Helper()
	f, err := s.Set(t.Context(), Filter{Targets: targets, Pattern: pattern, Action: a, Set: start})
	if err != nil {
		t.Fatal(pattern, err)
	}
	return f
}

func TestParseTargets(t *testing.T) {
	for in, want := range map[string]string{
		"c": "c", "pc": "cp", "Nn": "Nn", "channel,private": "cp", "PRIVATE": "p", "quit": "q", "*": "cpNntPqaudTm",
		"": "", "x": "", "channel,x": "", "c p": "", "cx": "",
	} {
		got, err := ParseTargets(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestCutPattern(t *testing.T) {
	for in, want := range map[string][2]string{
		"*cheap* be off":       {"*cheap*", "be off"},
		"/a b/ ban 1d x":       {"/a b/", "ban 1d x"},
		`/a\/ b/ x`:            {`/a\/ b/`, "x"},
		"/http:// x/ kill":     {"/http:// x/", "kill"},
		"/whole/":              {"/whole/", ""},
		"/no end":              {},
		`/a\/`:                 {},
		"/x/y/ reason / there": {"/x/y/", "reason / there"},
	} {
		p, rest, err := CutPattern(in)
		if in == "/http:// x/ kill" { // the first slash and space end it: it has to be written /http:\/\/ x/
			want = [2]string{"/http://", "x/ kill"}
		}
		if p != want[0] || rest != want[1] || (err == nil) != (want[0] != "") {
			t.Errorf("%q: %q, %q, %v", in, p, rest, err)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		yes, no []string
	}{
		{"/cheap (watches|pills)/", []string{
			"CHEAP Watches", "buy cheap pills now", "\x02che\x0304ap\x03 pills", "сhеар wаtсhеs", "ch\u200beap pills", "ｃｈｅａｐ　ｐｉｌｌｓ",
			"c\u0336h\u0336e\u0336a\u0336p pills",
		}, []string{"cheap", "cheappills", "dear pills", ""}},
		{"*cheap?watches*", []string{"cheap watches", "very CHEAP_watches!"}, []string{"cheapwatches"}},
		{"free*money", []string{"free money", "Free as in MONEY here"}, []string{"money free"}},
		{"/^!/", []string{"!x"}, []string{"x!"}},
		{"/wаtсh/", []string{"wаtсh"}, []string{"watch"}}, // only the disguise itself
		{"/[a-z]+[.](ru|cn)\\b/", []string{"http://evil.ru/x"}, []string{"evil.rush"}},
		{"/kelvin/", []string{"\u212aelvin"}, nil},
	} {
		m, err := compile(Filter{Targets: "c", Pattern: tt.pattern, Action: Block})
		if err != nil {
			t.Error(tt.pattern, err)
			continue
		}
		s := &Service{}
		s.table.Store(tableOf([]*matcher{m}))
		for _, text := range tt.yes {
			if len(s.Match(Channel, text)) != 1 {
				t.Errorf("%s does not find %q", tt.pattern, text)
			}
		}
		for _, text := range tt.no {
			if len(s.Match(Channel, text)) != 0 {
				t.Errorf("%s finds %q", tt.pattern, text)
			}
		}
		if len(s.Match(Private, tt.yes...)) != 0 {
			t.Errorf("%s looks where it should not", tt.pattern)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, p := range []string{
		"", "*", "**?", "/", "//", "/(/", "/a*/", "/(a|)/", "x\x02y", strings.Repeat("x", 301), `/(\pL{900}){900}/`, "/(x{50}y{50}){20}/", `/(?=a)/`, `/\1/`, "a\xff",
	} {
		if _, err := compile(Filter{Targets: "c", Pattern: p, Action: Block}); !errors.As(err, new(*Error)) {
			t.Errorf("%q: %v", p, err)
		}
	}
	if _, err := Check(Filter{Targets: "c", Pattern: "x", Action: "dance"}); err == nil {
		t.Error("any action will do")
	}
}

// TestSeverity: the severest filter counts, and those that are only tried count least.
func TestSeverity(t *testing.T) {
	s := open(t, openStore(t), "ua")
	set(t, s, "c", "aaa", Block)
	set(t, s, "c", "bbb", Ban)
	set(t, s, "c", "ccc", Report)
	if _, err := s.Set(t.Context(), Filter{Targets: "c", Pattern: "ddd", Action: Ban, Dry: true, Set: start}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range s.Match(Channel, "aaa bbb ccc ddd") {
		got = append(got, f.Pattern)
	}
	if !slices.Equal(got, []string{"bbb", "aaa", "ccc", "ddd"}) {
		t.Errorf("%q", got)
	}
}

func TestService(t *testing.T) {
	st := openStore(t)
	a, b := open(t, st, "ua"), open(t, st, "ub")
	f := set(t, a, "cp", "cheap", Block)
	again := set(t, b, "channel,private", "cheap", Kill)
	if f.ID != again.ID || len(f.ID) != 7 {
		t.Errorf("%q, then %q", f.ID, again.ID)
	}
	if l, ok := a.Lookup(f.ID); !ok || l.Action != Kill || l.Configured {
		t.Errorf("%+v", l)
	}
	a.Configure([]Filter{{Targets: "c", Pattern: "own", Action: Block}, {Targets: "c", Pattern: "/(/", Action: Block}})
	if len(a.List()) != 2 || len(b.List()) != 1 || len(a.Match(Channel, "own cheap")) != 2 {
		t.Errorf("%+v", a.List())
	}
	own := a.Match(Channel, "own")[0]
	if _, err := a.Remove(t.Context(), own.ID); !errors.Is(err, ErrConfigured) {
		t.Error(err)
	}
	if _, err := a.Set(t.Context(), Filter{Targets: "c", Pattern: "own", Action: Kill}); !errors.Is(err, ErrConfigured) {
		t.Error(err)
	}
	if !a.Hit(&f, start) || a.Hit(&f, start.Add(time.Second)) || !b.Hit(&f, start.Add(time.Hour)) {
		t.Error("what is news is not said right")
	}
	for _, s := range []*Service{a, b} {
		if err := s.KeepHits(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	third := open(t, st, "uc")
	if l, _ := third.Lookup(f.ID); l.Hits.Count != 3 || !l.Hits.Last.Equal(start.Add(time.Hour)) {
		t.Errorf("%+v", l.Hits)
	}
	if _, err := b.Remove(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Remove(t.Context(), f.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if a.Match(Private, "cheap") != nil || third.Any(Private) {
		t.Error("a filter that is removed still looks")
	}
}

func TestFile(t *testing.T) {
	for in, want := range map[string]string{
		"\x01DCC SEND virus.exe 1 2 3\x01":    "virus.exe",
		"\x01DCC send \"a b.exe\" 1 2 3\x01":  "a b.exe",
		"\x01DCC CHAT chat 1 2\x01":           "",
		"\x01DCC SEND":                        "",
		"DCC SEND x":                          "",
		"\x01DCC SEND \"open 1 2 3 and more":  "\"open",
		"\x01ACTION DCC SEND virus.exe\x01 x": "",
	} {
		if got, ok := File(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestLiteral: what a pattern is said to need is in all that it matches.
func TestLiteral(t *testing.T) {
	for pattern, want := range map[string]string{
		"/cheap (watches|pills)/": "cheap ", "*Cheap*Watches*": "watches", "/(?:spam)+x/": "spam", "/a|b/": "", "/x?/": "", "/größe/": "",
	} {
		m, err := compile(Filter{Targets: "c", Pattern: pattern, Action: Block})
		if err == nil && m.need != want {
			t.Errorf("%s needs %q", pattern, m.need)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[a-cK]{0,3}(\([a-c]\|[a-c]\))?[a-c][?+*]?[a-ck]{0,3}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[a-cA-CkK]{0,12}`).Draw(t, "text")
		m, err := compile(Filter{Targets: "c", Pattern: "/" + pattern + "/", Action: Block})
		if err != nil {
			return
		}
		if f := formOf(text); m.match(f.text, f.lower) != m.re.MatchString(text) {
			t.Fatalf("%s needs %q, which %q has not", pattern, m.need, text)
		}
	})
}

// FuzzFilter: any pattern and any text are dealt with.
func FuzzFilter(f *testing.F) {
	f.Add("/cheap (watches|pills)/", "cheap \x0304,05pills")
	f.Add("*a?b*", "сhеар")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		m, err := compile(Filter{Targets: "*", Pattern: pattern, Action: Block})
		if err != nil {
			return
		}
		s := &Service{}
		s.table.Store(tableOf([]*matcher{m}))
		s.Match(Channel, text)
	})
}

func BenchmarkMatch(b *testing.B) {
	s := open(b, openStore(b), "ua")
	var all []Filter
	for i := range 100 {
		all = append(all, Filter{Targets: "cp", Pattern: "/(buy|get) " + strings.Repeat("x", i%7) + "pills[0-9]{1,3} from .*[.]ru/", Action: Block})
	}
	s.Configure(all)
	for b.Loop() {
		s.Match(Channel, "good morning everybody, has somebody seen my other shoe? I left it at the door yesterday")
	}
}

// TestMatchTime: patterns that take others forever take time in proportion to the text.
func TestMatchTime(t *testing.T) {
	for _, pattern := range []string{"/(x+x+)+y/", "/(x*)*y/", "/(.*,){11}P/", "/^(([a-z])+.)+[A-Z]([a-z])+$/", "*x*x*x*x*x*x*x*x*y*"} {
		m, err := compile(Filter{Targets: "c", Pattern: pattern, Action: Block})
		if err != nil {
			continue // it fits anything
		}
		s := &Service{}
		s.table.Store(tableOf([]*matcher{m}))
		begun := time.Now()
		s.Match(Channel, strings.Repeat("x", 8<<10), strings.Repeat("x,", 4<<10))
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s takes %v", pattern, took)
		}
	}
}
