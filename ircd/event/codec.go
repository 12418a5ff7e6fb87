package event

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Version is the version of the encoding that Encode writes. Decode reads all since
// Oldest: the one before, so that servers are upgraded one after another, and EncodeAs
// writes them, as long as there is a server that reads no other. Fields and bodies may be
// added without a new version: older servers skip what they do not know.
const (
	Version = 1
	Oldest  = 1
)

// bodies are the numbers of the bodies in the encoding: never reuse one.
var bodies = map[uint8]Body{
	1: Connected{}, 2: Quit{}, 3: NickChanged{}, 4: HostChanged{}, 5: RealnameChanged{},
	6: AccountChanged{}, 7: AwayChanged{}, 8: UserModeChanged{}, 9: Listed{},
	10: UserMetaChanged{},
	20: Joined{}, 21: Parted{}, 22: Kicked{}, 23: ModeChanged{}, 24: TopicSet{},
	25: Invited{}, 26: Uninvited{}, 27: Knocked{},
	28: ChannelMetaChanged{}, 29: Renamed{},
	40: MessageSent{}, 41: Wallops{}, 42: Killed{}, 43: Told{}, 44: Redacted{}, 45: MarkedRead{}, 46: Forgotten{},
	47: Edited{},
	66: Revealed{}, 67: Points{}, 68: Heard{}, 69: LinkAsked{}, 70: Ended{}, 71: Moved{}, 72: Found{},
	80: Informed{}, 81: Announced{},
}

// Bodies returns one of each type of body, for tests of what is complete.
func Bodies() []Body { return slices.Collect(maps.Values(bodies)) }

var numbers = func() map[reflect.Type]uint8 {
	m := map[reflect.Type]uint8{}
	for n, b := range bodies {
		m[reflect.TypeOf(b)] = n
	}
	return m
}()

type encoded struct {
	Version uint8           `cbor:"0,keyasint"`
	Stamp   Stamp           `cbor:"1,keyasint"`
	UID     string          `cbor:"2,keyasint,omitempty"`
	Source  string          `cbor:"3,keyasint,omitempty"`
	Account string          `cbor:"4,keyasint,omitempty"`
	Bot     bool            `cbor:"5,keyasint,omitempty"`
	Oper    string          `cbor:"6,keyasint,omitempty"`
	Facts   []Fact          `cbor:"7,keyasint,omitempty"`
	Kind    uint8           `cbor:"8,keyasint"`
	Body    cbor.RawMessage `cbor:"9,keyasint,omitempty"`
	Kept    []string        `cbor:"10,keyasint,omitempty"`
}

var strict = func() cbor.DecMode {
	m, err := cbor.DecOptions{MaxNestedLevels: 8, MaxArrayElements: 1 << 16, MaxMapPairs: 1 << 12, UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return m
}()

// whole keeps what a second has of a time: a read marker is a point between two messages.
var whole = func() cbor.EncMode {
	m, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return m
}()

// Encode returns e as bytes.
func Encode(e *Event) ([]byte, error) { return EncodeAs(e, Version) }

// EncodeAs is Encode in a version that other servers read.
func EncodeAs(e *Event, version uint8) ([]byte, error) {
	if b, ok := writeMessage(e, version); ok {
		return b, nil
	}
	return encode(e, version)
}

func encode(e *Event, version uint8) ([]byte, error) {
	body, err := whole.Marshal(e.Body)
	if err != nil {
		return nil, fmt.Errorf("encoding the body of an event: %w", err)
	}
	return cbor.Marshal(encoded{
		version, e.Stamp, e.UID, e.Source, e.Account, e.Bot, e.Oper, e.Facts,
		numbers[reflect.TypeOf(e.Body)], body, e.Kept,
	})
}

// Decode returns the event that Encode wrote as b. An event whose body this
// server does not know has a nil Body: its facts are to be merged all the same.
func Decode(b []byte) (*Event, error) {
	if e, ok := readMessage(b); ok {
		return e, nil
	}
	return decode(b)
}

func decode(b []byte) (*Event, error) {
	var x encoded
	if err := strict.Unmarshal(b, &x); err != nil {
		return nil, fmt.Errorf("decoding an event: %w", err)
	}
	if x.Version < Oldest || x.Version > Version {
		return nil, fmt.Errorf("decoding an event: version %d, this server reads up to %d", x.Version, Version)
	}
	e := &Event{
		Stamp: x.Stamp, UID: x.UID, Source: x.Source, Account: x.Account,
		Bot: x.Bot, Oper: x.Oper, Facts: x.Facts, Kept: x.Kept,
	}
	known, ok := bodies[x.Kind]
	if !ok {
		return e, nil
	}
	p := reflect.New(reflect.TypeOf(known))
	if err := strict.Unmarshal(x.Body, p.Interface()); err != nil {
		return nil, fmt.Errorf("decoding the body of an event of kind %d: %w", x.Kind, err)
	}
	e.Body = p.Elem().Interface().(Body)
	return e, nil
}
