package httpapi

import (
	"encoding/json"
	"time"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// lines is the content type of JSON, an object on each line.
const lines = "application/x-ndjson"

// A BackupQuery says what is copied.
type BackupQuery struct {
	Only string `query:"only" enum:"records|history" doc:"What: records, or history; both if missing."`
}

func backup(c *Call, q BackupQuery) error {
	c.Audit(audit.Backup, q.Only, "")
	w := c.Begin(lines)
	w.Header().Set("Content-Disposition", `attachment; filename="parley.jsonl"`)
	return c.Backup(c.r.Context(), q.Only, w)
}

// A Period is a channel and a time.
type Period struct {
	Name   string    `path:"name" doc:"The name of a channel; # is written %23."`
	Since  time.Time `query:"since" doc:"From when on, such as 2027-11-27T22:00:00Z."`
	Until  time.Time `query:"until" doc:"Until when."`
	Events bool      `query:"events" doc:"Also who joined, left, and so on."`
}

var noHistory = Unavailable.Because("No history is kept here.")

// channelHistory writes what was said in a channel, the oldest first.
func channelHistory(c *Call, q Period) error {
	if c.History == nil {
		return noHistory
	}
	if !casemap.IsChannel(q.Name) {
		return Invalid.Because("%s is no channel.", q.Name).In("name")
	}
	c.Audit(audit.ReadHistory, q.Name, "")
	out := json.NewEncoder(c.Begin(lines))
	out.SetEscapeHTML(false)
	var failed error
	err := c.History.Each(c.r.Context(), string(c.Core.Network.World.Mapping.Fold(q.Name)), func(e *event.Event, _ bool) bool {
		_, said := e.Body.(event.MessageSent)
		if at := e.Time(); !said && !q.Events || !q.Since.IsZero() && at.Before(q.Since) || !q.Until.IsZero() && !at.Before(q.Until) {
			return true
		}
		var p event.Plain
		if p, failed = e.Plain(); failed == nil {
			failed = out.Encode(p)
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return err
}

// pageSize is how many messages are read at a time.
const pageSize = 500

// accountHistory writes what an account has said, the newest first.
func accountHistory(c *Call, q AccountName) error {
	a, err := q.find(c)
	if err != nil {
		return err
	}
	if c.History == nil {
		return noHistory
	}
	c.Audit(audit.ReadHistory, a.Name, "")
	out := json.NewEncoder(c.Begin(lines))
	out.SetEscapeHTML(false)
	page := history.Page{}
	for more := true; more; more = !page.Next.IsZero() {
		if page, err = c.Core.Network.SaidBy(c.r.Context(), a.Name, page.Next, pageSize); err != nil {
			return err
		}
		for _, h := range page.Hits {
			p, err := h.Event.Plain()
			if err == nil {
				err = out.Encode(p)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
