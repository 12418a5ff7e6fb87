//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// A spec says which server to measure.
type spec struct {
	kind string
	bin  string
	twin bool      // another of the same kind is measured too
	at   endpoints // of a server that runs already
}

// Endpoints are where a server listens. Those it lacks are not valid.
type endpoints struct {
	plain, tls, ws netip.AddrPort
	pid            int // 0: unknown, then no CPU and memory
}

type specList []spec

func (l *specList) String() string { return "" }

func (l *specList) Set(s string) error {
	kind, arg, given := strings.Cut(s, "=")
	if kind == "at" {
		at, err := parseAt(arg)
		*l = append(*l, spec{kind: kind, at: at})
		return err
	}
	k, ok := kinds[kind]
	if !ok {
		return fmt.Errorf("no server %q; there are limit, inspircd, ngircd, ergo=BIN, ergo-history=BIN, parley=BIN, parley-history=BIN, at=HOST:PORT", kind)
	}
	sp := spec{kind: kind, bin: k.bin}
	if given {
		abs, err := filepath.Abs(arg)
		if err != nil {
			return err
		}
		sp.bin = abs
	}
	if sp.bin == "" && kind != "limit" {
		return fmt.Errorf("%s needs its program: -server %s=PATH", kind, kind)
	}
	for i := range *l {
		if (*l)[i].kind == kind {
			(*l)[i].twin, sp.twin = true, true
		}
	}
	*l = append(*l, sp)
	return nil
}

// name is what the report calls it. Two builds of one server are told apart by
// their paths.
func (s spec) name() string {
	switch {
	case s.kind == "at":
		return s.at.plain.String()
	case s.twin:
		return s.kind + "=" + s.bin
	}
	return s.kind
}

func parseAt(s string) (endpoints, error) {
	f := strings.Split(s, ",")
	var at endpoints
	var err error
	if at.plain, err = netip.ParseAddrPort(f[0]); err != nil {
		return at, fmt.Errorf("want an address and port such as 127.0.0.1:6667: %w", err)
	}
	if !at.plain.Addr().Is4() {
		return at, errors.New("only IPv4 addresses")
	}
	for _, opt := range f[1:] {
		k, v, _ := strings.Cut(opt, "=")
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return at, fmt.Errorf("%s: want a number, not %q", k, v)
		}
		switch k {
		case "tls":
			at.tls = netip.AddrPortFrom(at.plain.Addr(), uint16(n))
		case "ws":
			at.ws = netip.AddrPortFrom(at.plain.Addr(), uint16(n))
		case "pid":
			at.pid = n
		default:
			return at, fmt.Errorf("unknown option %q; there are tls, ws, pid", k)
		}
	}
	return at, nil
}
