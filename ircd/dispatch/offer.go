package dispatch

import (
	"fmt"
	"strconv"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/isupport"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// offered are the capabilities that every client is offered.
var offered = caps.Of(
	caps.AccountNotify, caps.AccountTag, caps.AwayNotify, caps.Batch, caps.CapNotify,
	caps.ChannelRename, caps.ChgHost, caps.EchoMessage, caps.ExtendedISupport, caps.ExtendedJoin, caps.ExtendedMonitor,
	caps.InviteNotify, caps.LabeledResponse, caps.MessageTags, caps.MultiPrefix,
	caps.NoImplicitNames, caps.OperTag, caps.PreAway, caps.SelfMessage, caps.ServerTime, caps.SetName,
	caps.StandardReplies, caps.UserhostInNames, caps.Whoami)

// offer returns what a client is offered. STS is told to plain clients as the port
// to come back on, and to secure ones as for how long to remember it.
// https://ircv3.net/specs/extensions/sts
func (s *Server) newOffer(c *config.Config, secure bool) *caps.Offer {
	set, values := offered, map[caps.Cap]string{}
	if sts := c.TLS.STS; sts.Enabled {
		set = set.With(caps.STS)
		v := "port=" + strconv.Itoa(sts.Port)
		if secure {
			v = "duration=" + strconv.Itoa(int(time.Duration(sts.Duration).Seconds()))
			if sts.Preload {
				v += ",preload"
			}
		}
		values[caps.STS] = v
	}
	if c.Metadata.Enabled {
		set = set.With(caps.Metadata).With(caps.Metadata3)
		values[caps.Metadata] = metadataValue(c.Metadata)
		values[caps.Metadata3] = values[caps.Metadata]
	}
	if s.Network.History != nil {
		set |= caps.Of(caps.ChatHistory, caps.EventPlayback, caps.Playback, caps.ReadMarker, caps.Redaction, caps.Search, caps.SearchSoju)
		if c.History.Edit {
			set = set.With(caps.MessageEdit)
		}
	}
	set = s.languageOffer(set, values)
	if len(c.AuthToken.Services) > 0 && s.Tokens != nil {
		set = set.With(caps.AuthToken)
	}
	set = messageOffer(c, set, values)
	set = s.accountOffer(c, secure, set, values)
	return caps.NewOffer(set, values)
}

// metadataValue is what metadata clients need to know of the limits.
// https://ircv3.net/specs/extensions/metadata#draftmetadata-2-capability
func metadataValue(m config.Metadata) string {
	v := fmt.Sprintf("max-subs=%d,max-keys=%d,max-key-bytes=%d,max-value-bytes=%d", m.MaxSubs, m.MaxKeys, m.MaxKeyBytes, m.MaxValueBytes)
	if m.BeforeConnect {
		v = "before-connect," + v
	}
	return v
}

// messageOffer adds what clients need to know of messages.
func messageOffer(c *config.Config, set caps.Set, values map[caps.Cap]string) caps.Set {
	if lines := c.Limits.MultilineLines; lines > 0 {
		set = set.With(caps.Multiline)
		values[caps.Multiline] = "max-bytes=" + strconv.FormatInt(int64(c.Limits.MultilineBytes), 10) + ",max-lines=" + strconv.Itoa(lines)
	}
	if c.Channels.Relaymsg != "off" {
		set = set.With(caps.Relaymsg)
		values[caps.Relaymsg] = c.Channels.RelaymsgSeparators
	}
	return set
}

// SetVersion notes the version of capability negotiation that the client speaks.
// Versions only grow.
func (c *Conn) SetVersion(v int) {
	if int32(v) > c.version.Load() {
		c.version.Store(int32(min(v, 1<<20)))
	}
}

// Version returns the version of capability negotiation, 0 if the client has not
// said any.
func (c *Conn) Version() int { return int(c.version.Load()) }

// tellChanges tells a client that capabilities and tokens have changed.
// https://ircv3.net/specs/extensions/capability-negotiation#the-cap-new-subcommand
func (c *Conn) tellChanges(old, new *Offers, tokens []string) {
	was, is := old.Plain, new.Plain
	if c.Peer.Secure {
		was, is = old.Secure, new.Secure
	}
	nick, u := "*", c.Online()
	if u != nil {
		nick = u.Nick()
	}
	if c.Has(caps.CapNotify) {
		c.tellCaps(nick, was, is)
	}
	if u != nil || c.Has(caps.ExtendedISupport) {
		c.tellTokens(nick, tokens)
	}
}

// tellCaps tells a client what is offered now and was not, and the other way round.
// What is no longer offered is no longer enabled: the client knows it from this.
// https://ircv3.net/specs/extensions/capability-negotiation#the-cap-del-subcommand
func (c *Conn) tellCaps(nick string, was, is *caps.Offer) {
	added, removed := caps.Diff(was, is)
	if c.Version() < 302 {
		added = caps.Names(added)
	}
	c.pushCaps(nick, "DEL", removed)
	c.pushCaps(nick, "NEW", added)
	c.DropCaps(was.Set() &^ is.Set())
}

func (c *Conn) pushCaps(nick, kind string, words []string) {
	for _, line := range caps.Wrap(words, CapWords) {
		if line != "" {
			c.Push("CAP", nick, kind, line)
		}
	}
}

// CapWords is how many bytes of capabilities one line has.
const CapWords = 400

// DropCaps takes capabilities from the client, and what it has by them.
func (c *Conn) DropCaps(gone caps.Set) {
	had := c.Session.Caps() & gone
	c.Session.DropCaps(gone)
	if had.HasAny(caps.Of(caps.Batch, caps.Metadata, caps.Metadata3)) {
		c.Session.Subscribe(nil)
	}
}

// tellTokens tells a client that tokens have changed.
// https://ircv3.net/specs/extensions/extended-isupport#draftisupport-batch
func (c *Conn) tellTokens(nick string, tokens []string) {
	lines := isupport.Lines(tokens)
	if len(lines) == 0 {
		return
	}
	messages := make([]wire.Message, len(lines))
	for i, line := range lines {
		messages[i] = c.Server.Network.Numeric(nick, numerics.ISupport.With(line...))
	}
	if c.Session.Caps().HasAll(caps.Of(caps.ExtendedISupport, caps.Batch)) {
		const ref = "isupport"
		for i := range messages {
			messages[i].Tags = wire.Tags{{Key: "batch", Value: ref}}
		}
		begin := wire.Message{Source: c.Server.Name(), Command: "BATCH", Params: []string{"+" + ref, "draft/isupport"}}
		end := wire.Message{Source: c.Server.Name(), Command: "BATCH", Params: []string{"-" + ref}}
		messages = append(append([]wire.Message{begin}, messages...), end)
	}
	c.Session.Send(wire.Lines(messages...))
}
