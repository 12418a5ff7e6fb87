package ergo

import (
	"net/netip"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// A ban is what Ergo keeps of a ban as JSON.
type ban struct {
	RequireSASL bool
	Reason      string `json:"reason"`
	OperReason  string `json:"oper_reason"`
	OperName    string `json:"oper_name"`
	TimeCreated time.Time
	Duration    time.Duration
}

// dline reads a ban of a network. Addresses of IPv4 may be written as those of IPv6.
func (f *file) dline(network, value string) {
	p, err := netip.ParsePrefix(network)
	if err != nil {
		f.out.Note("ban", network, "the network cannot be read")
		return
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	f.ban(p.Masked().String(), value)
}

func (f *file) kline(mask, value string) { f.ban(mask, value) }

func (f *file) ban(target, value string) {
	b, ok := decode[ban](f, "ban", target, "it", value)
	if !ok {
		return
	}
	action := "ban"
	if b.RequireSASL {
		action = "require-sasl"
	}
	f.out.Bans = append(f.out.Bans, migrate.Ban{
		Action: action, Target: target, Reason: migrate.Text(b.Reason), Notice: migrate.Text(b.OperReason), By: b.OperName,
		Set: sane(b.TimeCreated), Until: until(b.TimeCreated, b.Duration),
	})
}
