package mem

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/linktest"
)

type fabric struct{ *Hub }

func (f fabric) Connect(t *testing.T, h link.Handler) link.Link { return f.Hub.Connect(h) }

func TestLink(t *testing.T) {
	linktest.Run(t, func(t *testing.T) linktest.Fabric {
		h := &Hub{}
		t.Cleanup(h.Close)
		return fabric{h}
	}, synctest.Test)
}

// A counter counts what it is told.
type counter struct {
	link.Handler
	ups, downs, received int
}

func (c *counter) Up(s link.Server)             { c.ups++ }
func (c *counter) Down(string, string, bool)    { c.downs++ }
func (c *counter) Receive(string, []byte) error { c.received++; return nil }

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault                func(h *Hub)
		ups, downs, received int
		after                time.Duration
	}{
		"none":   {func(*Hub) {}, 1, 0, 3, 0},
		"late":   {func(h *Hub) { h.Delay("b.example", "a.example", time.Second) }, 1, 0, 3, time.Second},
		"behind": {func(h *Hub) { h.Lose("b.example", "a.example", 1) }, 2, 1, 0, 2 * time.Second},
		"last":   {func(h *Hub) { h.Lose("b.example", "a.example", 9) }, 2, 1, 0, 2 * time.Second},
		"deaf":   {func(h *Hub) { h.Deafen("b.example", "a.example") }, 1, 1, 0, 5 * time.Second},
		"healed": {func(h *Hub) {
			h.Deafen("b.example", "a.example")
			time.AfterFunc(5*time.Second, func() { h.Heal("b.example", "a.example") })
		}, 2, 1, 0, 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &Hub{}
				defer h.Close()
				a := &counter{Handler: linktest.NewRecorder("a")}
				h.Connect(a)
				b := h.Connect(linktest.NewRecorder("b"))
				synctest.Wait()
				test.fault(h)
				for range 3 {
					b.Publish([]byte("x"))
				}
				time.Sleep(test.after + time.Millisecond)
				synctest.Wait()
				if a.ups != test.ups || a.downs != test.downs || a.received != test.received {
					t.Errorf("up %d, down %d, received %d; wanted %d, %d, %d", a.ups, a.downs, a.received, test.ups, test.downs, test.received)
				}
			})
		})
	}
}
