package httpapi

import (
	"time"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
)

// A Ban is a ban of the network.
type Ban struct {
	ID      string    `json:"id" doc:"By which people refer to it."`
	Action  string    `json:"action" enum:"ban|shun|require-sasl|exempt|reserve" doc:"What it does to those it is about."`
	Target  string    `json:"target" doc:"Whom it is about."`
	Reason  string    `json:"reason,omitempty" doc:"Why; they are told."`
	Note    string    `json:"note,omitempty" doc:"What only operators see."`
	By      string    `json:"by" doc:"Who has set it."`
	Server  string    `json:"server" doc:"Where."`
	Set     time.Time `json:"set" doc:"When."`
	Until   time.Time `json:"until,omitzero" doc:"Until when; missing if for good."`
	Hits    int       `json:"hits" doc:"How often it has met somebody."`
	LastHit time.Time `json:"last_hit,omitzero" doc:"When it last has."`
}

func banOf(b bans.Listed) Ban {
	return Ban{
		b.ID, string(b.Action), b.Target, b.Reason, b.Note, b.By, b.Server, b.Set.UTC(), b.Until.UTC(),
		int(b.Hits.Count), b.Hits.Last.UTC(),
	}
}

var noBans = Unavailable.Because("No bans are kept here.")

// A BanQuery says which bans.
type BanQuery struct {
	Action string `query:"action" enum:"ban|shun|require-sasl|exempt|reserve" doc:"What they do."`
	Match  string `query:"match" doc:"A mask with * and ?, for the target, the reason or who has set them."`
	Limit  int    `query:"limit" range:"1..10000" default:"1000" doc:"How many at most, the newest ones."`
}

func listBans(c *Call, q BanQuery, _ none) (List[Ban], error) {
	l := List[Ban]{Items: []Ban{}}
	if c.Core.Bans == nil {
		return l, noBans
	}
	mask := c.Core.Network.World.Mapping.Compile("*")
	if q.Match != "" {
		mask = c.Core.Network.World.Mapping.Compile(q.Match)
	}
	for _, b := range c.Core.Bans.List() {
		if q.Action != "" && string(b.Action) != q.Action || !mask.Match(b.Target) && !mask.Match(b.Reason) && !mask.Match(b.By) {
			continue
		}
		l.Items = append(l.Items, banOf(b))
	}
	l.Total = len(l.Items)
	l.Items = l.Items[max(0, len(l.Items)-q.Limit):]
	return l, nil
}

// A BanID names a ban.
type BanID struct {
	ID string `path:"id" doc:"The ID of a ban."`
}

func getBan(c *Call, q BanID, _ none) (Ban, error) {
	if c.Core.Bans == nil {
		return Ban{}, noBans
	}
	for _, b := range c.Core.Bans.List() {
		if b.ID == q.ID {
			return banOf(b), nil
		}
	}
	return Ban{}, NotFound.Because("There is no ban %s.", q.ID)
}

// A NewBan is a ban that is set.
type NewBan struct {
	Target   string `json:"target" doc:"An address, a network, a mask, an account or an extended ban; a nick or a channel for reserve."`
	Action   string `json:"action,omitempty" enum:"ban|shun|require-sasl|exempt|reserve" doc:"What it does: ban if missing."`
	Reason   string `json:"reason,omitempty" doc:"Why; they are told."`
	Note     string `json:"note,omitempty" doc:"What only operators see."`
	Duration string `json:"duration,omitempty" doc:"For how long, such as 12h or 30d; missing for good."`
	Confirm  bool   `json:"confirm,omitempty" doc:"That it is meant, although it is about many."`
}

// most is the share of the users, in percent, whom a ban may be about without being
// confirmed.
const most = 5

func addBan(c *Call, _ none, b NewBan) (Ban, error) {
	if c.Core.Bans == nil {
		return Ban{}, noBans
	}
	action := bans.Action(b.Action)
	if b.Action == "" {
		if action = bans.Out; casemap.IsChannel(b.Target) {
			action = bans.Reserve
		}
	}
	q, err := bans.Parse(c.Core.Network.World.Mapping, action, b.Target)
	if err != nil {
		return Ban{}, err
	}
	until, err := ends(c, b.Duration)
	if err != nil {
		return Ban{}, err
	}
	count, everybody, _ := c.Core.Matching(q, nil)
	if many := count > 1 && count*100 > everybody*most || q.Wide(); many && action != bans.Exempt && !b.Confirm {
		return Ban{}, Confirm.Because("This is about %d of %d users now, and could be about more. Send confirm: true to set it all the same.", count, everybody)
	}
	set, err := c.Core.Bans.Set(c.r.Context(), q, bans.Ban{
		Reason: casemap.Truncate(b.Reason, 200), Note: b.Note, By: c.By(), Server: c.Core.Name(), Until: until,
	}, c.now())
	if err != nil {
		return Ban{}, err
	}
	c.Audit(audit.Ban, set.Target, set.ID+" "+string(set.Action)+", "+set.Reason)
	return banOf(bans.Listed{Ban: &set}), nil
}

func removeBan(c *Call, q BanID, _ none) (none, error) {
	if c.Core.Bans == nil {
		return none{}, noBans
	}
	b, err := c.Core.Bans.RemoveID(c.r.Context(), q.ID)
	if err != nil {
		return none{}, err
	}
	c.Audit(audit.Unban, b.Target, b.ID+" "+string(b.Action))
	return none{}, nil
}

// A Suspect is whom bans may be about.
type Suspect struct {
	Subject string `query:"subject" doc:"A nick, an address, or nick!user@host."`
}

// A BanTest is which bans somebody meets.
type BanTest struct {
	Bans    []Ban  `json:"bans" doc:"The bans that are about whoever this is."`
	Outcome string `json:"outcome" enum:"exempt|ban|require-sasl|shun|none" doc:"What comes of them."`
}

func testBans(c *Call, q Suspect, _ none) (BanTest, error) {
	x := BanTest{Bans: []Ban{}, Outcome: "none"}
	if c.Core.Bans == nil {
		return x, noBans
	}
	subject, ok := c.Core.Suspects(q.Subject)
	if !ok {
		return x, Invalid.Because("%q is neither a nick nor an address nor nick!user@host.", q.Subject).In("subject")
	}
	for _, b := range c.Core.Bans.All(subject, c.now()) {
		x.Bans = append(x.Bans, banOf(b))
	}
	switch v := c.Core.Bans.Judge(subject, c.now()); {
	case v.Exempt != nil:
		x.Outcome = string(bans.Exempt)
	case v.Out != nil:
		x.Outcome = string(bans.Out)
	case v.Login != nil:
		x.Outcome = string(bans.Login)
	case v.Shun != nil:
		x.Outcome = string(bans.Shun)
	}
	return x, nil
}

// An Alertness is how alert the network is.
type Alertness struct {
	Level  int       `json:"level" doc:"From 5, an ordinary day, to 1."`
	Closes []string  `json:"closes" doc:"What the level closes, in words."`
	Reason string    `json:"reason,omitempty" doc:"Why."`
	By     string    `json:"by,omitempty" doc:"Who has set it."`
	Since  time.Time `json:"since,omitzero" doc:"Since when."`
}

func words(text lang.Text) string { return text.With().String() }
