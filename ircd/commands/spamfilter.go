package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

var _ = add(dispatch.Command{
	Name:  "SPAMFILTER",
	Usage: "<subcommand> [<parameter>...]",
	Help:  "Spam filters: what nobody is to say, where, and what is done to who says it.",
	More: []lang.Text{
		"A pattern is a regular expression (RE2) between slashes, /cheap (watches|pills)/, or a mask, *cheap?watches*. Capitals, colours and letters that only look alike make no difference.",
		"Targets are letters, or names separated by commas; * is all of them.",
	},
	Rows:       filterRows(),
	Privileged: true, Oper: privs.Filter,
	Subcommands: filters,
	Run: func(r *dispatch.Request) error {
		return numerics.InvalidParams.Because("There is no SPAMFILTER %s; HELP SPAMFILTER lists what there is", word(r.Param(0)))
	},
})

var (
	filters = dispatch.Table{}
	_       = filters.Add(dispatch.Command{
		Name:       "ADD",
		Usage:      "<targets> <pattern> [<action>] [<duration>] [DRY] [<reason>...]",
		Help:       "Sets a filter, or changes one. The action is BLOCK if none is given; the duration is that of a ban or shun. DRY only counts whom it meets. What follows | in a reason is only for operators.",
		Privileged: true, Oper: privs.Filter,
		Run: filterAdd,
	})
	_ = filters.Add(dispatch.Command{
		Name:       "DEL",
		Usage:      "<id>",
		Help:       "Removes a filter.",
		Privileged: true, Oper: privs.Filter,
		Run: filterDel,
	})
)

// filterRows are the targets and the actions.
func filterRows() (rows []lang.Phrase) {
	for _, t := range spamfilter.Targets() {
		rows = append(rows, lang.Text("%s %s: %s").With(string(t.Letter), t.Name, t.Help))
	}
	for _, a := range spamfilter.Actions() {
		rows = append(rows, lang.Text("%s: %s").With(strings.ToUpper(string(a.Action)), a.Help))
	}
	return rows
}

// noFilters answers where there can be none.
var noFilters = numerics.Fail{Code: "UNAVAILABLE", Text: "This server keeps no spam filters"}

func filterAdd(r *dispatch.Request) error {
	if r.Server.Filters == nil {
		return noFilters
	}
	now := r.Server.Now()
	f := spamfilter.Filter{Targets: r.Param(1), Action: spamfilter.Block, By: r.Banner(), Server: r.Server.Name(), Set: now}
	pattern, rest, err := spamfilter.CutPattern(strings.Join(r.Message.Params[2:], " "))
	if err != nil {
		return badFilter(err)
	}
	f.Pattern = pattern
	reason := filterOptions(&f, strings.Fields(rest))
	f.Reason, f.Note, _ = strings.Cut(reason, "|")
	f.Reason, f.Note = reasonText(r, f.Reason), strings.TrimSpace(casemap.Truncate(f.Note, 200))
	var set spamfilter.Filter
	err = r.Wait(func(ctx context.Context) (err error) {
		set, err = r.Server.Filters.Set(ctx, f)
		return err
	})
	if err != nil {
		return badFilter(err)
	}
	r.Audit(audit.Filter, set.ID, filterBrief(set))
	r.Notice("Spam filter %s is set: %s", set.ID, filterBrief(set))
	return nil
}

// filterOptions reads what follows the pattern, and returns the reason.
func filterOptions(f *spamfilter.Filter, words []string) (reason string) {
	for len(words) > 0 {
		if a, ok := spamfilter.ParseAction(words[0]); ok {
			f.Action = a
		} else if casemap.ASCII.Equal(words[0], "DRY") {
			f.Dry = true
		} else if d, ok := duration(words[0]); ok {
			f.Lasts, f.Forever = d, d == 0
		} else {
			break
		}
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// badFilter is the reply to a filter that cannot be set.
func badFilter(err error) error {
	var bad *spamfilter.Error
	switch {
	case errors.As(err, &bad):
		return numerics.InvalidParams.Because(bad.Text, bad.Args...)
	case errors.Is(err, spamfilter.ErrConfigured):
		return numerics.InvalidParams.Because("This spam filter is one of the configuration: change it there, then REHASH")
	case errors.Is(err, spamfilter.ErrFull):
		return numerics.InvalidParams.Because("There are %d spam filters, which is as many as there can be", spamfilter.Most)
	case errors.Is(err, spamfilter.ErrNotFound):
		return numerics.InvalidParams.Because("There is no such spam filter; SPAMFILTER LIST shows them all")
	}
	return bansUnavailable(err)
}

// filterBrief is a filter in a line.
func filterBrief(f spamfilter.Filter) string {
	s := f.Targets + " " + f.Pattern + " " + string(f.Action)
	switch {
	case f.Action != spamfilter.Ban && f.Action != spamfilter.Shun:
	case f.Forever:
		s += " permanent"
	default:
		s += " " + config.Duration(f.Until(time.Time{}).Sub(time.Time{})).String()
	}
	if f.Dry {
		s += " dry"
	}
	return s
}

func filterDel(r *dispatch.Request) error {
	if r.Server.Filters == nil {
		return noFilters
	}
	var f spamfilter.Filter
	err := r.Wait(func(ctx context.Context) (err error) {
		f, err = r.Server.Filters.Remove(ctx, r.Param(1))
		return err
	})
	if err != nil {
		return badFilter(err)
	}
	r.Audit(audit.Unfilter, f.ID, filterBrief(f))
	r.Notice("Spam filter %s is removed: %s", f.ID, filterBrief(f))
	return nil
}
