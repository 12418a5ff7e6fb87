package commands

import (
	"net/netip"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "WEBIRC",
	Usage: "<password> <gateway> <hostname> <ip> [<options>]",
	Help:  "Tells the address of the user behind a gateway.",
	Spec:  "https://ircv3.net/specs/extensions/webirc",
	Phase: dispatch.Unregistered,
	Run:   webirc,
})

// webirc believes only a gateway of the configuration, from its address and with
// its password or certificate, and only as the first line.
func webirc(r *dispatch.Request) error {
	gateway := authenticateGateway(r)
	addr, err := netip.ParseAddr(r.Param(3))
	addr = addr.Unmap().WithZone("")
	if gateway == nil || err != nil || !r.Registration.IsFirstLine() {
		r.Server.Log.Warn("WEBIRC refused", "gateway", word(r.Param(1)), "addr", r.RealAddr())
		return dispatch.Quit{Reason: "WEBIRC refused"}
	}
	if err := r.Readmit(addr); err != nil {
		return dispatch.Quit{Reason: lang.Verbatim, Words: []any{err.Error()}}
	}
	secure := false
	for option := range strings.FieldsSeq(r.Param(4)) {
		name, _, _ := strings.Cut(option, "=")
		secure = secure || name == "secure"
	}
	// What the gateway's own certificate proves is not the user's.
	r.Peer.Secure = r.Peer.Secure && secure
	r.Peer.CertFP, r.Peer.CertFP512 = "", ""
	r.Peer.Gateway = gateway.Name
	r.Peer.Addr = netip.AddrPortFrom(addr, 0)
	if host, ok := casemap.Hostname(r.Param(2)); ok && host != addr.String() {
		r.Registration.Gateway = host
	}
	r.Registration.Forget()
	return r.AtDoor()
}

func authenticateGateway(r *dispatch.Request) *config.WebIRC {
	blocks := r.Server.Config().WebIRC
	for i := range blocks {
		w := &blocks[i]
		if !contains(w.Hosts, r.Addr()) || w.Password == "" && w.CertFP == "" {
			continue
		}
		if w.CertFP != "" && casemap.ASCII.Fold(strings.ReplaceAll(w.CertFP, ":", "")) != casemap.ASCII.Fold(r.Peer.CertFP) {
			continue
		}
		if w.Password == "" || verify(r, w.Password, r.Param(0)) {
			return w
		}
	}
	return nil
}

// contains reports whether one of the networks or addresses has addr.
func contains(networks []string, addr netip.Addr) bool {
	for _, s := range networks {
		if p, err := netip.ParsePrefix(s); err == nil && p.Contains(addr) {
			return true
		}
		if a, err := netip.ParseAddr(s); err == nil && a.Unmap() == addr {
			return true
		}
	}
	return false
}
