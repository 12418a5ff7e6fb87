package event

// A Kind is what a fact is about.
type Kind uint8

// The kinds of facts. The Scope of a user's fact is the UID, that of a
// channel's the folded name. Numbers are part of the encoding: never reuse one.
const (
	Nick     Kind = 1 // the nick; its stamp is when the nick was claimed
	About    Kind = 2 // what never changes about a user; the value is an encoded Person
	Host     Kind = 3 // the host that is shown
	Realname Kind = 4
	Account  Kind = 5 // the account the user is logged in to
	Away     Kind = 6 // the away message
	UserMode Kind = 7 // A: the letter; the value is the parameter
	Oper     Kind = 8 // the value is an encoded OperTitle
	Silence  Kind = 9 // A: the mask of those the user does not hear
	Accept   Kind = 10
	Ident    Kind = 11 // the username that is shown
	Presence Kind = 12 // A: a server that has a session of the user
	UserMeta Kind = 13 // A: the key of the metadata

	Member Kind = 32 // A: the UID
	Status Kind = 33 // A: the UID; B: the letter of a status mode
	Mode   Kind = 34 // A: the letter; the value is the parameter
	List   Kind = 35 // A: the letter; B: the mask; the value is an encoded Entry
	Topic  Kind = 36 // the value is an encoded TopicText
	Invite Kind = 37 // A: the UID of who may join
	Name   Kind = 38 // the channel's name as it is written

	ChannelMeta Kind = 39 // A: the key of the metadata
	Epoch       Kind = 40 // what was said before the incarnation is not for its members

	// Place is the name of the channel of an Incarnation since it was renamed,
	// whatever the Scope of other facts under that incarnation; its own is "".
	Place Kind = 64
	// Server is what is known of a server, whose SID is the Scope: an encoded
	// ServerInfo. The stamp is that of its start.
	Server Kind = 65
	// Draining is why the server, whose SID is the Scope, takes no new clients.
	Draining Kind = 66
)

// OfChannel reports whether facts of this kind are about a channel.
func (k Kind) OfChannel() bool { return k >= Member && k < Place }

// A Key is what a fact says something about.
type Key struct {
	Kind  Kind   `cbor:"1,keyasint" json:"kind"`
	Scope string `cbor:"2,keyasint" json:"scope"`
	// Incarnation is the stamp of the join that created the channel, in facts
	// about a channel. Facts under an incarnation other than the channel's oldest
	// count for nothing, except for memberships.
	Incarnation Stamp  `cbor:"3,keyasint,omitzero" json:"incarnation,omitzero"`
	A           string `cbor:"4,keyasint,omitempty" json:"a,omitempty"`
	B           string `cbor:"5,keyasint,omitempty" json:"b,omitempty"`
}

// A Value is what is so, since when.
type Value struct {
	At   Stamp  `cbor:"6,keyasint" json:"at"`
	Text string `cbor:"7,keyasint,omitempty" json:"text,omitempty"`
	// Gone means that what the key names is no longer so.
	Gone bool `cbor:"8,keyasint,omitempty" json:"gone,omitempty"`
}

// A Fact is a key with its value.
type Fact struct {
	Key
	Value
}

// Facts is a replicated map in which the later write wins. Merging the same
// facts in any order, and any number of times, gives the same map.
type Facts map[Key]Value

// Merge writes f, unless what the map holds is as late or later, and reports
// whether it did. A fact that is gone is kept as a tombstone, so that an earlier
// write which arrives late does not bring it back.
func (m Facts) Merge(f Fact) bool {
	if old, ok := m[f.Key]; ok && !f.At.After(old.At) {
		return false
	}
	m[f.Key] = f.Value
	return true
}

// Get returns the text of a fact that holds.
func (m Facts) Get(k Key) (text string, ok bool) {
	v, ok := m[k]
	return v.Text, ok && !v.Gone
}

// Has reports whether a fact holds.
func (m Facts) Has(k Key) bool {
	v, ok := m[k]
	return ok && !v.Gone
}
