package httpapi

import (
	"errors"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/network"
)

// An Announcement is what many are to be told.
type Announcement struct {
	Text string `json:"text" doc:"What is to be told: one line."`
	To   string `json:"to,omitempty" enum:"everybody|wallops|opers" doc:"Whom: everybody (if missing), those with user mode w, or the operators."`
}

func announce(c *Call, _ none, b Announcement) (none, error) {
	text := casemap.Truncate(b.Text, maxText)
	switch b.To {
	case "wallops", "opers":
		c.Audit(audit.Wallops, b.To, "")
		c.Core.Network.Wallops(network.Actor{}, event.Wallops{Text: text, Opers: b.To == "opers"})
	default:
		c.Audit(audit.Announce, "", "")
		c.Core.Network.Announce(network.Actor{}, text)
	}
	return none{}, nil
}

// A Report is what came of something.
type Report struct {
	Report []string `json:"report" doc:"What has changed, or what is wrong, a line each."`
}

func rehash(c *Call, _ none, _ none) (Report, error) {
	c.Audit(audit.Rehash, c.Core.Name(), "")
	lines, err := c.Rehash()
	if err != nil {
		p := Conflict.Because("The configuration has not changed, because the new one is not right.")
		p.Report = reportOf(err)
		return Report{}, p
	}
	x := Report{Report: []string{}}
	for _, l := range lines {
		x.Report = append(x.Report, l.String())
	}
	return x, nil
}

func reportOf(err error) (lines []string) {
	var all config.Problems
	if !errors.As(err, &all) {
		return []string{err.Error()}
	}
	for _, p := range all {
		lines = append(lines, p.String())
	}
	return lines
}

// A Draft is a configuration that is to be checked.
type Draft struct {
	TOML string `json:"toml,omitempty" lines:"yes" doc:"The text; missing for the file that the server would read. Paths in it begin at the folder of that file."`
}

// A Check is whether a configuration could be used.
type Check struct {
	OK       bool          `json:"ok" doc:"Whether it could be used."`
	Problems []ConfigError `json:"problems" doc:"All that is wrong."`
}

// A ConfigError is one thing that is wrong.
type ConfigError struct {
	Line    int    `json:"line,omitempty" doc:"The line, from 1."`
	Key     string `json:"key,omitempty" doc:"The key."`
	Message string `json:"message" doc:"What is wrong, and what the right form is."`
}

func checkConfig(c *Call, _ none, b Draft) (Check, error) {
	x := Check{OK: true, Problems: []ConfigError{}}
	for _, p := range c.Check(b.TOML) {
		x.OK = false
		x.Problems = append(x.Problems, ConfigError{p.Line, p.Key, p.Message})
	}
	return x, nil
}

// A Drain says that clients are to be sent away.
type Drain struct {
	Reason string `json:"reason" doc:"Why; they are told."`
	Within string `json:"within,omitempty" doc:"Within which time, such as 10m; a minute if missing."`
}

func drain(c *Call, _ none, b Drain) (none, error) {
	within := time.Minute
	if b.Within != "" {
		d, err := config.ParseDuration(b.Within)
		if err != nil || d <= 0 {
			return none{}, Invalid.Because("%q is no duration; write one such as 10m.", b.Within).In("within")
		}
		within = d.Std()
	}
	c.Audit(audit.Drain, c.Core.Name(), b.Reason)
	c.Core.Drain(nil, within, b.Reason)
	return none{}, nil
}

func endDrain(c *Call, _ none, _ none) (none, error) {
	c.Audit(audit.Drain, c.Core.Name(), "OFF")
	c.Core.EndDrain()
	return none{}, nil
}

// A Stopping says that the server is to stop.
type Stopping struct {
	Server string `json:"server" doc:"The name of the server, lest it be another one than is meant."`
	Reason string `json:"reason,omitempty" doc:"Why; those who are connected are told."`
}

func stop(c *Call, _ none, b Stopping) (none, error) {
	if !c.Core.Network.World.Mapping.Equal(b.Server, c.Core.Name()) {
		return none{}, Conflict.Because("This is %s.", c.Core.Name()).In("server")
	}
	c.Audit(audit.Die, c.Core.Name(), b.Reason)
	c.Stop(b.Reason)
	return none{}, nil
}

// An Act is something that an operator has done.
type Act struct {
	Time    time.Time `json:"time" doc:"When."`
	Act     string    `json:"act" doc:"What, by its name."`
	By      string    `json:"by" doc:"Who: nick!user@host, or api: and the name of a token."`
	Oper    string    `json:"oper,omitempty" doc:"The name of the operator's block."`
	Account string    `json:"account,omitempty" doc:"The operator's account."`
	Server  string    `json:"server" doc:"Where."`
	Target  string    `json:"target,omitempty" doc:"To whom or what."`
	Detail  string    `json:"detail,omitempty" doc:"The details."`
}

func actOf(e audit.Entry) Act {
	return Act{e.Time.UTC(), e.Act, e.Source, e.Oper, e.Account, e.Server, e.Target, e.Detail}
}

// An AuditQuery says which acts.
type AuditQuery struct {
	Act   string `query:"act" doc:"What was done, by its name."`
	Match string `query:"match" doc:"A mask with * and ?, for who did it, or to whom or what."`
	Limit int    `query:"limit" range:"1..10000" default:"100" doc:"How many at most."`
}

func trail(c *Call, q AuditQuery, _ none) (List[Act], error) {
	l := List[Act]{Items: []Act{}}
	if c.Core.Acts == nil {
		return l, Unavailable.Because("What operators do is not kept here, only logged.")
	}
	mask := c.Core.Network.World.Mapping.Compile("*")
	if q.Match != "" {
		mask = c.Core.Network.World.Mapping.Compile(q.Match)
	}
	for _, e := range c.Core.Acts.Last(q.Limit, func(e audit.Entry) bool {
		return (q.Act == "" || e.Act == q.Act) && (mask.Match(e.Source) || mask.Match(e.Oper) || mask.Match(e.Target))
	}) {
		l.Items = append(l.Items, actOf(e))
	}
	l.Total = len(l.Items)
	return l, nil
}
