package history

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// An exported is one line of an export.
type exported struct {
	Buffer  string            `json:"buffer"`
	MsgID   string            `json:"msgid"`
	Time    time.Time         `json:"time"`
	Source  string            `json:"source"`
	Account string            `json:"account,omitempty"`
	Bot     bool              `json:"bot,omitempty"`
	Type    string            `json:"type"` // the command of a message, or what happened
	Target  string            `json:"target,omitempty"`
	Text    *string           `json:"text,omitempty"`
	Earlier []string          `json:"earlier,omitempty"` // texts before it was edited
	Tags    map[string]string `json:"tags,omitempty"`
	Details event.Body        `json:"details,omitempty"` // of what is not a message
}

// Export implements Log. It reads a block at a time, so that neither memory nor anybody
// else notices how long it takes; what is appended meanwhile is not in it.
func (r *Ring) Export(ctx context.Context, buffer string, keep func(*event.Event) bool, w io.Writer) error {
	v, ok := r.view(buffer)
	if !ok {
		return ctx.Err()
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var failed error
	err := v.walk(ctx, span{}, false, nil, func(e *entry) bool {
		ev := r.decode(e)
		if ev == nil || keep != nil && !keep(ev) {
			return true
		}
		failed = enc.Encode(export(buffer, ev))
		return failed == nil
	})
	if failed == nil {
		failed = out.Flush()
	}
	if failed != nil {
		return fmt.Errorf("export the history of a buffer: %w", failed)
	}
	return err
}

func export(buffer string, e *event.Event) exported {
	x := exported{
		Buffer: buffer, MsgID: e.ID(), Time: e.Time(), Source: e.Source, Account: e.Account, Bot: e.Bot,
	}
	m, ok := e.Body.(event.MessageSent)
	if !ok {
		x.Type = strings.TrimPrefix(fmt.Sprintf("%T", e.Body), "event.")
		x.Details = e.Body
		return x
	}
	x.Type, x.Target = m.Command, m.Target
	if text := m.Whole(); text != "" {
		x.Text = &text
	}
	for _, v := range m.Trail {
		x.Earlier = append(x.Earlier, event.MessageSent{Text: v.Text, Lines: v.Lines}.Whole())
	}
	for _, t := range m.Tags {
		if x.Tags == nil {
			x.Tags = map[string]string{}
		}
		x.Tags[t.Key] = t.Value
	}
	return x
}
