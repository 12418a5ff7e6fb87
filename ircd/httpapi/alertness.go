package httpapi

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/defcon"
)

func getDefcon(c *Call, _ none, _ none) (Alertness, error) {
	return alertness(c.Core.Defcon.State()), nil
}

func alertness(s defcon.State) Alertness {
	x := Alertness{Level: s.Level, Closes: []string{}, Reason: s.Reason, By: s.By, Since: s.Since.UTC()}
	for _, row := range defcon.Levels() {
		if row.Level >= s.Level {
			x.Closes = append(x.Closes, words(row.Help))
		}
	}
	return x
}

// A Level is how alert the network is to be.
type Level struct {
	Level  int    `json:"level" range:"1..5" doc:"From 5, an ordinary day, to 1."`
	Reason string `json:"reason,omitempty" doc:"Why."`
}

func setDefcon(c *Call, _ none, b Level) (Alertness, error) {
	if c.Core.Defcon == nil {
		return Alertness{}, Unavailable.Because("This server has no levels of alertness.")
	}
	next := defcon.State{Level: b.Level, Reason: b.Reason, By: c.By(), Since: c.now()}
	if err := c.Core.Defcon.Set(c.r.Context(), next); err != nil {
		return Alertness{}, err
	}
	c.Audit(audit.Defcon, strconv.Itoa(b.Level), b.Reason)
	return alertness(next), nil
}
