package cluster

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

func FuzzFrame(f *testing.F) {
	a, b := pairOfSealers(f)
	f.Add(a.seal(&frame{lane: 1, kind: kindData, payload: appendPiece(nil, []byte("x"))}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if fr, err := b.open(data); err == nil {
			if again := a.seal(&fr); string(again) != string(data) {
				t.Errorf("%x reads as %x", data, again)
			}
		}
		for rest := data; len(rest) > 0; {
			_, after, err := nextPiece(rest)
			if err != nil {
				break
			}
			rest = after
		}
	})
}

func FuzzHello(f *testing.F) {
	w := newWorld(f, "a.example", "b.example")
	trust, err := NewTrust(w.pins(), "")
	if err != nil {
		f.Fatal(err)
	}
	node := func(name string) *Node {
		n := &Node{o: Options{Identity: w.ids[name], Clock: NewClock(time.Now)}}
		n.self.Store(&link.Server{SID: "u" + name, Name: name, Boot: name})
		return n
	}
	a, b := node("a.example"), node("b.example")
	a.trust.Store(trust)
	h, _, err := b.greet("N")
	if err != nil {
		f.Fatal(err)
	}
	h.Card = Card{Server: *b.self.Load(), State: Alone}
	sealed, err := b.seal(h)
	if err != nil {
		f.Fatal(err)
	}
	sealed.Time = time.Now()
	good, err := sealed.encode()
	if err != nil {
		f.Fatal(err)
	}
	if _, _, err := a.read(good); err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, _, err := a.read(data); err == nil && got.Name != "b.example" {
			t.Errorf("%s reads as the hello of %s", data, got.Name)
		}
	})
}

func pairOfSealers(f testing.TB) (a, b *sealer) {
	f.Helper()
	n := &Node{o: Options{Identity: identity(f, "x.example")}}
	ha, ka, err := n.greet("A")
	if err != nil {
		f.Fatal(err)
	}
	hb, kb, err := n.greet("B")
	if err != nil {
		f.Fatal(err)
	}
	a, _, err = sealers(ka, hb.Key, "A", "B")
	if err != nil {
		f.Fatal(err)
	}
	_, b, err = sealers(kb, ha.Key, "B", "A")
	if err != nil {
		f.Fatal(err)
	}
	return a, b
}

// TestForged tests that a frame is taken only from the one that it is for.
func TestForged(t *testing.T) {
	t.Parallel()
	a, b := pairOfSealers(t)
	good := a.seal(&frame{lane: 1, kind: kindData, from: 1, to: 2, number: 3, payload: []byte("x")})
	if f, err := b.open(good); err != nil || f.number != 3 || string(f.payload) != "x" {
		t.Errorf("a good frame: %+v, %v", f, err)
	}
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 1
		if _, err := b.open(bad); err == nil {
			t.Errorf("a frame is good in which byte %d was changed", i)
		}
	}
	_, other := pairOfSealers(t)
	if _, err := other.open(good); err == nil {
		t.Error("a frame is good for another server")
	}
}
