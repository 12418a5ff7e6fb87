package player

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
)

// needs are the capabilities of which a client needs one to read a command, a tag or a
// type of batch. What is not there, anybody reads; other tags need message-tags. The
// table is the player's own, made from the specifications, so that a mistake in the
// server's is not made twice.
var needs = struct{ commands, tags, batches map[string]caps.Set }{
	map[string]caps.Set{
		"TAGMSG":      caps.Of(caps.MessageTags),
		"BATCH":       caps.Of(caps.Batch),
		"ACK":         caps.Of(caps.LabeledResponse),
		"ACCOUNT":     caps.Of(caps.AccountNotify),
		"AWAY":        caps.Of(caps.AwayNotify),
		"CHGHOST":     caps.Of(caps.ChgHost),
		"SETNAME":     caps.Of(caps.SetName, caps.Whoami),
		"REDACT":      caps.Of(caps.Redaction),
		"EDIT":        caps.Of(caps.MessageEdit),
		"RENAME":      caps.Of(caps.ChannelRename),
		"MARKREAD":    caps.Of(caps.ReadMarker),
		"METADATA":    caps.Of(caps.Metadata),
		"761":         caps.Of(caps.Metadata, caps.Metadata3),
		"766":         caps.Of(caps.Metadata, caps.Metadata3),
		"774":         caps.Of(caps.Metadata, caps.Metadata3),
		"760":         caps.Of(caps.Metadata, caps.Metadata3),
		"PERSISTENCE": caps.Of(caps.Persistence),
		"WEBPUSH":     caps.Of(caps.WebPush, caps.WebPushSoju),
		"CHATHISTORY": caps.Of(caps.ChatHistory),
		"TOKEN":       0,
	},
	map[string]caps.Set{
		"time":                   caps.Of(caps.ServerTime),
		"account":                caps.Of(caps.AccountTag),
		"batch":                  caps.Of(caps.Batch),
		"label":                  caps.Of(caps.LabeledResponse),
		"draft/oper":             caps.Of(caps.OperTag),
		"draft/multiline-concat": caps.Of(caps.Multiline),
		"draft/relaymsg":         caps.Of(caps.Relaymsg),
		"draft/target-msgid":     caps.Of(caps.MessageEdit),
		"draft/edit-text":        caps.Of(caps.MessageEdit),
	},
	map[string]caps.Set{
		"draft/multiline":  caps.Of(caps.Multiline),
		"labeled-response": caps.Of(caps.LabeledResponse),
		"draft/isupport":   caps.Of(caps.ExtendedISupport),
		"metadata":         caps.Of(caps.Metadata, caps.Metadata3),
		"metadata-subs":    caps.Of(caps.Metadata, caps.Metadata3),
	},
}

// answers are what a client is sent because it has asked by another command.
var answers = map[string]string{"761": "METADATA", "766": "METADATA", "774": "METADATA", "metadata": "METADATA", "metadata-subs": "METADATA"}

// A Reader is what decides whether a client may be sent a line.
type Reader struct {
	Caps caps.Set // that it has enabled
	Nick string
	// Asked reports whether it has sent a command, and so knows it.
	Asked func(command string) bool
}

// notice follows what the client is told of itself.
func (r *Reader) notice(m message) {
	switch {
	case m.command == "001" && len(m.params) > 0:
		r.Nick = m.params[0]
	case m.command == "NICK" && len(m.params) > 0 && strings.HasPrefix(m.source, r.Nick+"!"):
		r.Nick = m.params[0]
	case m.command == "CAP" && len(m.params) > 2:
		for name := range strings.FieldsSeq(m.params[len(m.params)-1]) {
			name, gone := strings.CutPrefix(name, "-")
			if c, ok := caps.ByName(name); !ok {
				continue
			} else if m.params[1] == "DEL" || m.params[1] == "ACK" && gone {
				r.Caps = r.Caps.Without(c)
			} else if m.params[1] == "ACK" {
				r.Caps = r.Caps.With(c)
			}
		}
	}
}

// Leak says what there is in a line for which the client has not asked, or "".
// https://ircv3.net/specs/extensions/capability-negotiation
func (r Reader) Leak(line string) string {
	m, err := parse(line)
	if err != nil {
		return err.Error()
	}
	for key := range m.tags {
		need, ok := needs.tags[key]
		if !ok {
			need = caps.Of(caps.MessageTags)
		}
		if !r.Caps.HasAny(need) {
			return "the tag " + key
		}
	}
	if r.lacks(needs.commands, m.command) {
		return "the command " + m.command
	}
	last := len(m.params) - 1
	switch {
	case m.command == "BATCH" && last > 0 && r.lacks(needs.batches, m.params[1]):
		return "a batch of the type " + m.params[1]
	case m.command == "JOIN" && last > 0 && !r.Caps.Has(caps.ExtendedJoin):
		return "an extended JOIN"
	case m.command == "INVITE" && last > 0 && !r.Caps.Has(caps.InviteNotify) && r.Nick != "" && !strings.EqualFold(m.params[0], r.Nick):
		return "an INVITE of another"
	case m.command == "353" && last > 0:
		return r.leakOfNames(m.params[last])
	}
	return ""
}

func (r Reader) lacks(table map[string]caps.Set, name string) bool {
	need := table[name]
	if need == 0 || r.Caps.HasAny(need) || r.Asked == nil {
		return false
	}
	command := name
	if answers[name] != "" {
		command = answers[name]
	}
	return !r.Asked(command)
}

func (r Reader) leakOfNames(names string) string {
	for name := range strings.FieldsSeq(names) {
		prefixes := len(name) - len(strings.TrimLeft(name, "~&@%+"))
		if prefixes > 1 && !r.Caps.Has(caps.MultiPrefix) || strings.Contains(name, "!") && !r.Caps.Has(caps.UserhostInNames) {
			return "the name " + name
		}
	}
	return ""
}
