package chanserv

import (
	"slices"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "INFO",
		Usage: "<channel>",
		Help:  "Says who owns a channel, and how it is set up.",
		Run:   info,
	})
	_ = add(dispatch.Command{
		Name:  "LIST",
		Usage: "[<mask>]",
		Help:  "Lists the registered channels whose names match.",
		Cost:  5,
		Run:   list,
	})
)

func info(r *dispatch.Request) error {
	rec := r.Server.Channels.Lookup(r.Param(0))
	if rec != nil && rec.Forbidden != nil && r.May(privs.Channels) {
		r.Notice("%s is forbidden by %s since %s: %s", rec.Name, rec.Forbidden.By, lang.Date(rec.Forbidden.Since), rec.Forbidden.Reason)
	}
	if !rec.Registered() || !visible(r, rec) {
		return no("%s is not registered.", r.Param(0))
	}
	r.Notice("Channel %s", rec.Name)
	r.Notice("Founder: %s", rec.Founder)
	r.Notice("Registered: %s", lang.Date(rec.Created))
	known := flagsOf(r.Server, rec, r.Account()) != "" || r.May(privs.Channels)
	if known {
		sayUse(r, rec)
	}
	if rec.Successor != "" && known {
		r.Notice("Successor: %s", rec.Successor)
	}
	if d := rec.Closed(r.Server.Now()); d != nil {
		r.Notice("Suspended: %s", d.Reason)
	}
	for _, c := range settings.Sorted() {
		value := rec.Setting(key(c.Name))
		if value == "" || c.Name == "MLOCK" && !known {
			continue
		}
		r.Notice("%s: %s", c.Name, value)
	}
	return nil
}

// sayUse says when a channel was used, and when its registration will end for want of that.
func sayUse(r *dispatch.Request, rec *chanreg.Record) {
	if !rec.Used.IsZero() {
		r.Notice("Last used: %s", lang.Date(rec.Used))
	}
	if c := r.Server.Config().Channels.Registration; !rec.Warned.IsZero() && c.Expire > 0 && !rec.On("noexpire") {
		r.Notice("Expires: %s, unless somebody with access joins it", lang.Date(rec.Warned.Add(c.ExpireWarning.Std())))
	}
}

// atMost is how many channels LIST shows.
const atMost = 100

func list(r *dispatch.Request) error {
	mask := r.Param(0)
	if mask == "" {
		mask = "*"
	}
	m := r.Server.Network.World.Mapping.Compile(mask)
	all := slices.DeleteFunc(r.Server.Channels.All(), func(rec *chanreg.Record) bool {
		return !rec.Registered() || !m.Match(rec.Name) || !visible(r, rec)
	})
	for i, rec := range all {
		if i == atMost {
			r.Notice("There {is %d more|are %d more}; give a mask that fewer match.", len(all)-i)
			break
		}
		r.Notice("%s  founder %s  %s", rec.Name, rec.Founder, rec.Setting("desc"))
	}
	r.Notice("{%d registered channel matches|%d registered channels match} %s.", len(all), mask)
	return nil
}
