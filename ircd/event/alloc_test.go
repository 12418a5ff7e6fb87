package event

import "testing"

// TestDecodeAllocations tests the budget of a message that another server has sent: its texts
// in one piece, event, body, and the list of histories that it is in.
func TestDecodeAllocations(t *testing.T) {
	e := &Event{Stamp: Stamp{Ticks: 1 << 40, Server: "uirc0000"}, UID: "uirc0000aaaa", Source: "alice!alice@host", Kept: []string{"#tea"},
		Body: MessageSent{Command: "PRIVMSG", Target: "#tea", Text: "Would you like another cup of tea?"}}
	b, err := EncodeAs(e, Version)
	if err != nil {
		t.Fatal(err)
	}
	got := testing.AllocsPerRun(500, func() {
		if _, err := Decode(b); err != nil {
			t.Fatal(err)
		}
	})
	if got > 4 {
		t.Errorf("%v allocations, at most 4", got)
	}
}
