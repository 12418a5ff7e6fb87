package listener

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	identPort = 113
	// identMax is the longest name, in bytes; longer ones are not used.
	identMax = 32
	// identLine bounds what is read, see https://www.rfc-editor.org/rfc/rfc1413.
	identLine = 1000
)

// Ident asks the machine of a client who has opened the connection from remote
// to local. It returns false if there is no valid answer within the timeout. Only
// the client's own machine can know: do not ask about a Conn that is Proxied.
func (l *Lookup) Ident(ctx context.Context, local, remote netip.AddrPort) (string, bool) {
	if !local.IsValid() || !remote.IsValid() {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout())
	defer cancel()
	dial := l.Dial
	if dial == nil {
		dial = dialFrom
	}
	c, err := dial(ctx, local.Addr(), netip.AddrPortFrom(remote.Addr(), identPort))
	if err != nil {
		return "", false
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	if _, err := fmt.Fprintf(c, "%d, %d\r\n", remote.Port(), local.Port()); err != nil {
		return "", false
	}
	line, err := bufio.NewReader(io.LimitReader(c, identLine)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", false
	}
	return parseIdent(line, remote.Port(), local.Port())
}

// dialFrom connects from the address that the client has connected to, by which
// the ident server knows the connection.
func dialFrom(ctx context.Context, local netip.Addr, server netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))}
	return d.DialContext(ctx, "tcp", server.String())
}

// parseIdent reads "6193, 23 : USERID : UNIX : stjohns". The name must be made
// of letters, digits and ".-_", and begin with none of the latter.
func parseIdent(line string, theirs, ours uint16) (string, bool) {
	f := strings.SplitN(strings.TrimRight(line, "\r\n"), ":", 4)
	if len(f) != 4 || strings.TrimSpace(f[1]) != "USERID" {
		return "", false
	}
	a, b, ok := strings.Cut(f[0], ",")
	if !ok || strings.TrimSpace(a) != strconv.Itoa(int(theirs)) || strings.TrimSpace(b) != strconv.Itoa(int(ours)) {
		return "", false
	}
	name := strings.TrimSpace(f[3])
	if name == "" || len(name) > identMax || !alphanumeric(name[0]) {
		return "", false
	}
	for i := range len(name) {
		if !alphanumeric(name[i]) && !strings.ContainsRune(".-_", rune(name[i])) {
			return "", false
		}
	}
	return name, true
}
