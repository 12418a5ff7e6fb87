package push

import (
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Notice is a message that the devices of somebody are to be told.
type Notice struct {
	Account string    // whose devices, by the folded name
	Talk    string    // the channel or the other's nick, folded: as in read markers
	MsgID   string    // of the message
	Author  string    // the account of who sent it, or ""
	Time    time.Time // when it was sent
	Line    wire.Message
}

// maxPayload is how many bytes a notification may have: the rest of a record of 4096 is
// what encrypting it takes. https://www.rfc-editor.org/rfc/rfc8291#section-4
const maxPayload = 3993

// payload writes a message as a device reads it, without CR LF. What makes it too long
// are tags: those of clients are left out first, and then all but the msgid.
func payload(m *wire.Message, has caps.Set) []byte {
	b := m.Append(nil, has)
	if len(b) > maxPayload {
		short := *m
		short.Tags = slices.DeleteFunc(slices.Clone(m.Tags), wire.Tag.ClientOnly)
		b = short.Append(nil, has)
	}
	if len(b) > maxPayload {
		short := *m
		short.Tags = slices.DeleteFunc(slices.Clone(m.Tags), func(t wire.Tag) bool { return t.Key != "msgid" })
		b = short.Append(nil, has)
	}
	return b[:len(b)-len("\r\n")]
}

// reads reports whether a device knows what to do with a message.
func reads(command string, has caps.Set) bool {
	switch command {
	case "MARKREAD":
		return has.Has(caps.ReadMarker)
	case "REDACT":
		return has.Has(caps.Redaction)
	}
	return true
}
