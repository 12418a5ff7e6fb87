package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

var (
	_ = filters.Add(dispatch.Command{
		Name:       "LIST",
		Usage:      "[<mask>]",
		Help:       "Lists the filters, or those whose pattern, reason or setter match a mask.",
		Privileged: true, Oper: privs.Filter,
		Run: filterList,
	})
	_ = filters.Add(dispatch.Command{
		Name:       "INFO",
		Usage:      "<id>",
		Help:       "Shows all that is known of a filter: who has set it, when, why, and whom it has met.",
		Privileged: true, Oper: privs.Filter,
		Run: filterInfo,
	})
	_ = filters.Add(dispatch.Command{
		Name:       "TEST",
		Usage:      "<targets> <text>...",
		Help:       "Shows which filters a text would meet, and what would come of it. Nothing is done.",
		Privileged: true, Oper: privs.Filter,
		Run: filterTest,
	})
)

func filterList(r *dispatch.Request) error {
	if r.Server.Filters == nil {
		return noFilters
	}
	mask := r.Param(1)
	if mask == "" {
		mask = "*"
	}
	k, n := r.Server.Network.World.Mapping.Compile(mask), 0
	for _, f := range r.Server.Filters.List() {
		if !k.Match(f.Pattern) && !k.Match(f.Reason) && !k.Match(f.Note) && !k.Match(f.By) && !k.Match(f.ID) {
			continue
		}
		if n++; n > mostListed || !r.Session.Wait() {
			r.Notice("There are more. Give a mask, as in SPAMFILTER LIST *watches*.")
			return nil
		}
		r.Notice("%s %s: %s. Set by %s; {%d hit|%d hits}.", f.ID, filterBrief(*f.Filter), filterWhy(f), filterSetter(f), int(f.Hits.Count))
	}
	r.Notice("End of the list: {%d spam filter|%d spam filters}.", n)
	return nil
}

// filterWhy is the reason with what only operators see.
func filterWhy(f spamfilter.Listed) lang.Phrase {
	switch {
	case f.Reason == "" && f.Note == "":
		return lang.Text("no reason was given").With()
	case f.Note == "":
		return lang.Text("%s").With(f.Reason)
	}
	return lang.Text("%s | %s").With(f.Reason, f.Note)
}

func filterSetter(f spamfilter.Listed) any {
	if f.Configured {
		return lang.Text("the configuration")
	}
	return f.By
}

func filterInfo(r *dispatch.Request) error {
	if r.Server.Filters == nil {
		return noFilters
	}
	f, ok := r.Server.Filters.Lookup(r.Param(1))
	if !ok {
		return badFilter(spamfilter.ErrNotFound)
	}
	r.Notice("Spam filter %s: %s", f.ID, filterBrief(*f.Filter))
	r.Notice("Reason: %s", filterWhy(f))
	if f.Configured {
		r.Notice("It is one of the configuration of %s", f.Server)
	} else {
		r.Notice("Set by %s on %s at %s", f.By, f.Server, lang.Date(f.Set))
	}
	if f.Hits.Count > 0 {
		r.Notice("{%d hit|%d hits}, the last at %s", int(f.Hits.Count), lang.Date(f.Hits.Last))
	}
	return nil
}

func filterTest(r *dispatch.Request) error {
	if r.Server.Filters == nil {
		return noFilters
	}
	letters, err := spamfilter.ParseTargets(r.Param(1))
	if err != nil {
		return badFilter(err)
	}
	text, seen := strings.Join(r.Message.Params[2:], " "), map[string]bool{}
	for _, row := range spamfilter.Targets() {
		if !strings.Contains(letters, string(row.Letter)) {
			continue
		}
		for _, f := range r.Server.Filters.Match(row.Target, text) {
			if !seen[f.ID] {
				seen[f.ID] = true
				r.Notice("%s %s", f.ID, filterBrief(*f))
			}
		}
	}
	r.Notice("This text meets {%d spam filter|%d spam filters}.", len(seen))
	return nil
}
