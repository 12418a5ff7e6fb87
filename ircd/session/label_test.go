package session

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

var labels = caps.Of(caps.LabeledResponse, caps.Batch)

// Scripts are programs, of one letter per step: "(" begins and ")" ends the
// labelled request, a capital letter is a reply, "2" a frame of two replies,
// "m" a frame that is a batch, a small letter is sent by others, "[" starts and
// "]" ends a batch, "+" is a reply in it, and "!" closes the session.
var scripts = []struct{ script, want string }{
	{"()", "@label=x :srv ACK"},
	{"(A)", "@label=x A"},
	{"(AB)", "@label=x :srv BATCH +r1 labeled-response|@batch=r1 A|@batch=r1 B|:srv BATCH -r1"},
	{"a(b)c", "a|b|@label=x :srv ACK|c"},
	{"(aAb)c", "a|@label=x A|b|c"},
	{"(aAbBcCd)e", "a|@label=x :srv BATCH +r1 labeled-response|@batch=r1 A|b|@batch=r1 B|c|@batch=r1 C|d|:srv BATCH -r1|e"},
	{"(2)", "@label=x :srv BATCH +r1 labeled-response|@batch=r1 Y|@batch=r1 Z|:srv BATCH -r1"},
	{"(2a)", "@label=x :srv BATCH +r1 labeled-response|@batch=r1 Y|@batch=r1 Z|a|:srv BATCH -r1"},
	{"(m)", "@label=x BATCH +q y|@batch=q L|BATCH -q"},
	{"(ma)", "@label=x BATCH +q y|@batch=q L|BATCH -q|a"},
	{"(mA)", "@label=x :srv BATCH +r1 labeled-response|@batch=r1 BATCH +q y|@batch=q L|@batch=r1 BATCH -q|@batch=r1 A|:srv BATCH -r1"},
	{"([+a+])", "@label=x :srv BATCH +r2 labeled-response|@batch=r2 :srv BATCH +r1 kind #c|@batch=r1 I|a|@batch=r1 I|@batch=r2 :srv BATCH -r1|:srv BATCH -r2"},
	{"([])", "@label=x :srv BATCH +r2 labeled-response|@batch=r2 :srv BATCH +r1 kind #c|@batch=r2 :srv BATCH -r1|:srv BATCH -r2"},
	{"[+a+]A", ":srv BATCH +r1 kind #c|@batch=r1 I|a|@batch=r1 I|:srv BATCH -r1|A"},
	{"(!)", "@label=x ERROR :bye"},
	{"(A!)a", "@label=x :srv BATCH +r1 labeled-response|@batch=r1 A|@batch=r1 ERROR :bye|:srv BATCH -r1"},
	{"(Aa!", "@label=x :srv BATCH +r1 labeled-response|@batch=r1 A|a|@batch=r1 ERROR :bye|:srv BATCH -r1"},
	{"(A(B)", "@label=x A|@label=x B"},
	{"(A)(B)C", "@label=x A|@label=x B|C"},
	{"!A(B)c", "ERROR :bye"},
}

// run runs a script.
func run(s *Session, script string) {
	ref := ""
	inside := line("I")
	last := line("ERROR", "bye")
	for _, step := range script {
		switch {
		case step == '(':
			s.Begin("x")
		case step == ')':
			s.End()
		case step == '[':
			ref = s.StartBatch("kind", "#c")
		case step == '+':
			s.ReplyInBatch(ref, &inside)
		case step == ']':
			s.EndBatch(ref)
		case step == '2':
			s.Reply(wire.Lines(line("Y"), line("Z")))
		case step == 'm':
			in := line("L")
			in.Tags = wire.Tags{{Key: "batch", Value: "q"}}
			s.Reply(wire.Lines(line("BATCH", "+q", "y"), in, line("BATCH", "-q")))
		case step == '!':
			s.Close(&last)
		case step%2 == 0 && step < 'a':
			reply(s, string(step))
		case step < 'a':
			s.Reply(frame(string(step)))
		case step%2 == 0:
			m := line(string(step))
			s.SendMessage(&m)
		default:
			s.Send(frame(string(step)))
		}
	}
}

func TestLabels(t *testing.T) {
	for _, c := range scripts {
		t.Run(c.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := &sink{}
				s := New(k, Options{})
				s.Server("srv")
				s.SetCaps(labels)
				run(s, c.script)
				expect(t, k, c.want)
				if s.Queued() != 0 {
					t.Errorf("%d bytes are counted as queued", s.Queued())
				}
			})
		})
	}
}

// TestUnlabelled tests that without the capabilities the same scripts send
// plain replies.
func TestUnlabelled(t *testing.T) {
	for _, c := range scripts {
		synctest.Test(t, func(t *testing.T) {
			k := &sink{}
			s := New(k, Options{})
			s.SetCaps(caps.Of(caps.LabeledResponse))
			run(s, c.script)
			synctest.Wait()
			want, got := "", ""
			script, _, _ := strings.Cut(c.script, "!")
			for _, step := range strings.ReplaceAll(script, "+", "I") {
				if step >= 'A' && step <= 'I' || step >= 'a' && step <= 'k' {
					want += string(step)
				}
			}
			for text := range strings.Lines(k.String()) {
				if text = strings.TrimSpace(text); len(text) == 1 && !strings.Contains("LYZ", text) {
					got += text
				}
			}
			if got != want {
				t.Errorf("%s: %q instead of %q", c.script, got, want)
			}
			if strings.Contains(k.String(), "label") || strings.Contains(k.String(), ":srv BATCH") {
				t.Errorf("%s: %q", c.script, k.String())
			}
		})
	}
}

// TestLabelOfCapRequest tests that a request that disables the capabilities is
// still answered under its label.
func TestLabelOfCapRequest(t *testing.T) {
	for script, want := range map[string]string{
		"":   "@label=a\\sb :srv ACK",
		"A":  "@label=a\\sb A",
		"AB": "@label=a\\sb :srv BATCH +r1 labeled-response|@batch=r1 A|@batch=r1 B|:srv BATCH -r1",
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &sink{}
			s := New(k, Options{})
			s.Server("srv")
			s.SetCaps(labels)
			s.Begin("a b")
			s.SetCaps(0)
			run(s, script)
			s.End()
			expect(t, k, want)
		})
	}
}

func TestLongLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &sink{}
		s := New(k, Options{})
		s.SetCaps(labels)
		s.Begin(strings.Repeat("x", 65))
		run(s, "A)")
		expect(t, k, "A")
	})
}

// FuzzLabels tests, for any script, that what others send keeps its order and
// has no label, and that every request has exactly one labelled answer that
// contains all its replies.
func FuzzLabels(f *testing.F) {
	for _, c := range scripts {
		f.Add(c.script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		script = clean(script)
		synctest.Test(t, func(t *testing.T) {
			k := &sink{}
			s := New(k, Options{})
			s.Server("srv")
			s.SetCaps(labels)
			run(s, script)
			synctest.Wait()
			if wrong := check(script, k.String()); wrong != "" {
				t.Fatalf("%s: %s: %q", script, wrong, k.String())
			}
		})
	})
}

// clean makes a script well-formed: requests do not overlap, and batches are
// within one request or between requests.
func clean(script string) string {
	var b strings.Builder
	request, batch := false, false
	for _, step := range script {
		switch {
		case step == '(' && !request && !batch:
			request = true
		case step == ')' && request && !batch:
			request = false
		case step == '[' && !batch:
			batch = true
		case step == ']' && batch:
			batch = false
		case step == '+' && batch:
		case step == '2' || step == 'm' || step >= 'a' && step <= 'k' || step >= 'A' && step <= 'H':
		default:
			continue
		}
		b.WriteRune(step)
	}
	if batch {
		b.WriteByte(']')
	}
	if request {
		b.WriteByte(')')
	}
	return b.String()
}

// check says what is wrong with what was written for a script, or "".
func check(script, written string) string {
	var sent, wantSent strings.Builder
	for _, step := range script {
		if step >= 'a' && step <= 'k' {
			wantSent.WriteRune(step)
		}
	}
	parent := map[string]string{} // of open batches
	answers, replies, wantReplies := 0, 0, 0
	inRequest := false
	for _, step := range script {
		switch {
		case step == '(' || step == ')':
			inRequest = step == '('
		case inRequest && step >= 'A' && step <= 'H', inRequest && step == '+':
			wantReplies++
		case inRequest && step == '2':
			wantReplies += 2
		}
	}
	for text := range strings.SplitSeq(strings.TrimSuffix(written, "\r\n"), "\r\n") {
		if text == "" {
			continue
		}
		m, err := wire.Parse([]byte(text))
		if err != nil {
			return err.Error()
		}
		batch, inBatch := m.Tags.Has("batch")
		_, labelled := m.Tags.Has("label")
		if _, open := parent[batch]; inBatch && !open {
			return "a line is in a batch that is not open"
		}
		if labelled {
			answers++
		}
		root := batch
		for parent[root] != "" {
			root = parent[root]
		}
		switch command := text[strings.LastIndexByte(text, ' ')+1:]; {
		case m.Command == "BATCH" && m.Param(0)[0] == '+':
			parent[m.Param(0)[1:]] = batch
			if labelled {
				parent[m.Param(0)[1:]] = "label"
			}
		case m.Command == "BATCH":
			if _, open := parent[m.Param(0)[1:]]; !open {
				return "a batch is closed that is not open"
			}
			delete(parent, m.Param(0)[1:])
		case len(command) == 1 && command >= "a" && command <= "k":
			if labelled || inBatch {
				return "a line of others is taken for an answer"
			}
			sent.WriteString(command)
		case m.Command != "ACK" && m.Command != "L" && (labelled || root == "label"):
			replies++
		}
	}
	switch {
	case len(parent) > 0:
		return "a batch is not closed"
	case sent.String() != wantSent.String():
		return "lines of others are lost or reordered"
	case answers != strings.Count(script, "("):
		return "there is not one labelled answer to each request"
	case replies != wantReplies:
		return "an answer is not complete"
	}
	return ""
}

// TestPostpone tests that a postponed request is answered once, and later.
func TestPostpone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &sink{}
		s := New(k, Options{})
		s.Server("srv")
		s.SetCaps(labels)
		if got := s.Postpone(); got != "" {
			t.Errorf("without a request, the label %q is postponed", got)
		}
		s.Begin("a")
		label := s.Postpone()
		s.End()
		run(s, "(A)a")
		s.Begin(label)
		run(s, "B")
		s.End()
		expect(t, k, "@label=x A|a|@label=a B")
	})
}
