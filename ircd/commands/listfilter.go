package commands

import (
	"math"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/numerics"
)

// A listFilter is the conditions of a LIST. A channel must have one of the names or
// match one of the masks, if there are any, and meet all other conditions.
type listFilter struct {
	names    map[casemap.Folded]bool
	masks    []casemap.Mask
	excluded []casemap.Mask
	members  span
	created  span // minutes ago
	topic    span // minutes ago
}

// A span is the numbers between two others, without them.
type span struct{ over, under float64 }

var anything = span{math.Inf(-1), math.Inf(1)}

func (s span) has(x float64) bool { return x > s.over && x < s.under }

// maxListMasks bounds the work of one LIST: every mask is compared with every
// channel.
const maxListMasks = 16

// parseList reads the parameters of LIST. What cannot be read is refused, but a
// second parameter that is neither a condition nor a channel: it used to be a server.
func parseList(m casemap.Mapping, params []string) (f listFilter, err error) {
	f = listFilter{names: map[casemap.Folded]bool{}, members: anything, created: anything, topic: anything}
	for i, p := range params {
		for item := range strings.SplitSeq(p, ",") {
			ok := true
			switch {
			case item == "":
			case f.spanOf(item) != nil:
				ok = f.spanOf(item).narrow(item[strings.IndexAny(item, "<>"):])
			case item[0] == '!':
				f.excluded = append(f.excluded, m.Compile(item[1:]))
			case strings.ContainsAny(item, "*?"):
				f.masks = append(f.masks, m.Compile(item))
			case i == 0 || casemap.IsChannel(item):
				f.names[m.Fold(item)] = true
			}
			if !ok || len(f.masks)+len(f.excluded) > maxListMasks {
				return f, numerics.ListSyntax.With()
			}
		}
	}
	return f, nil
}

// spanOf returns the span that a condition such as "C<60" is about, or nil.
func (f *listFilter) spanOf(item string) *span {
	switch i := strings.IndexAny(item, "<>"); {
	case i == 0:
		return &f.members
	case i == 1 && (item[0] == 'C' || item[0] == 'c'):
		return &f.created
	case i == 1 && (item[0] == 'T' || item[0] == 't'):
		return &f.topic
	}
	return nil
}

// narrow applies a bound such as "<60" to the span.
func (s *span) narrow(bound string) (ok bool) {
	n, err := strconv.ParseUint(bound[1:], 10, 31)
	if bound[0] == '>' {
		s.over = max(s.over, float64(n))
	} else {
		s.under = min(s.under, float64(n))
	}
	return err == nil
}

func (f *listFilter) matchName(name casemap.Folded) bool {
	for _, k := range f.excluded {
		if k.MatchFolded(string(name)) {
			return false
		}
	}
	if f.names[name] || len(f.names)+len(f.masks) == 0 {
		return true
	}
	for _, k := range f.masks {
		if k.MatchFolded(string(name)) {
			return true
		}
	}
	return false
}
