package caps

import (
	"strings"
	"sync/atomic"
)

// An Offer is what one server offers to one kind of connection: capabilities
// and their values. It is a value of the server, not of the process: servers
// configured differently, or plaintext and TLS connections of one server, have
// different offers. It is never modified; after a change of the configuration a
// new one takes its place, and Diff says what clients must be told.
type Offer struct {
	set    Set
	values map[Cap]string
	lines  atomic.Pointer[wrapped] // of Lines302, which most clients ask for
}

// wrapped are the words of an offer in lines of at most max bytes.
type wrapped struct {
	max   int
	lines []string
}

// NewOffer returns an offer of the capabilities in set. One whose specification
// requires a value is left out if values has none. Values that cannot be sent,
// because they contain spaces or control characters, are ignored.
func NewOffer(set Set, values map[Cap]string) *Offer {
	o := &Offer{set: set & (1<<len(table) - 1), values: map[Cap]string{}}
	for c := range o.set.Each() {
		if v := values[c]; v != "" && !strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			o.values[c] = v
		}
		if table[c].Valued && o.values[c] == "" {
			o.set = o.set.Without(c)
		}
	}
	return o
}

// Set returns what is offered.
func (o *Offer) Set() Set { return o.set }

// Value returns the value of c, or "".
func (o *Offer) Value(c Cap) string { return o.values[c] }

// Lines302 returns the last parameters of the answer to CAP LS for clients of
// version 302 and above: capabilities with their values, in as many lines of at
// most max bytes as it takes, but at least one. All but the last are sent with
// the parameter "*" before them. The lines must not be modified.
// https://ircv3.net/specs/extensions/capability-negotiation#multiline-replies-to-cap-ls-and-cap-list
func (o *Offer) Lines302(max int) []string {
	if w := o.lines.Load(); w != nil && w.max == max {
		return w.lines
	}
	w := &wrapped{max, Wrap(o.words(o.set), max)}
	o.lines.Store(w)
	return w.lines
}

// Lines returns the last parameter of the answer to CAP LS for clients below
// version 302. They read neither values nor a second line, so that it is always
// one line of at most max bytes; what does not fit is left out, drafts first.
func (o *Offer) Lines(max int) []string {
	line := ""
	for c := range o.set.Each() {
		switch name := table[c].Name; {
		case table[c].Valued:
		case line == "" && len(name) <= max:
			line = name
		case line != "" && len(line)+1+len(name) <= max:
			line += " " + name
		}
	}
	return []string{line}
}

// Request returns the capabilities of a client that has current, after it has
// sent CAP REQ with the given list. A name adds, a name after "-" removes; a
// later one wins. The list is accepted as a whole or, if any of it is not
// offered, or does not go together, rejected: then ok is false and next is current. What is no longer
// offered may still be removed. That clients of version 302 cannot
// remove cap-notify is for the caller to see to.
// https://ircv3.net/specs/extensions/capability-negotiation#the-cap-req-subcommand
func (o *Offer) Request(current Set, list string) (next Set, ok bool) {
	next = current
	for name := range strings.SplitSeq(list, " ") {
		name, remove := strings.CutPrefix(name, "-")
		if name == "" && !remove {
			continue
		}
		c, known := ByName(name)
		if !known || table[c].Fixed || !remove && !o.set.Has(c) {
			return current, false
		}
		if next = next.With(c); remove {
			next = next.Without(c)
		}
	}
	for c := range next.Each() {
		if next.HasAny(table[c].Excludes) {
			return current, false
		}
	}
	return next, true
}

// Diff returns the words of CAP NEW, for capabilities that are offered now and
// were not or with another value, and of CAP DEL, for those no longer offered.
// Words in added have values, which only clients of version 302 read: for
// others, send Names(added). Use Wrap to make lines of the words.
// https://ircv3.net/specs/extensions/capability-negotiation#the-cap-new-subcommand
func Diff(old, new *Offer) (added, removed []string) {
	changed := new.set &^ old.set
	for c := range (new.set & old.set).Each() {
		if new.values[c] != old.values[c] {
			changed = changed.With(c)
		}
	}
	gone := old.set &^ new.set
	for c := range gone.Each() {
		if table[c].Fixed {
			gone = gone.Without(c)
		}
	}
	return new.words(changed), gone.names()
}

// Names returns words without their values, for clients that cannot read values.
// Those that mean nothing without one are left out.
func Names(words []string) []string {
	names := make([]string, 0, len(words))
	for _, w := range words {
		name, _, _ := strings.Cut(w, "=")
		if c, ok := ByName(name); !ok || !table[c].Valued {
			names = append(names, name)
		}
	}
	return names
}

func (o *Offer) words(s Set) []string {
	words := s.names()
	i := 0
	for c := range s.Each() {
		if v := o.values[c]; v != "" {
			words[i] += "=" + v
		}
		i++
	}
	return words
}
