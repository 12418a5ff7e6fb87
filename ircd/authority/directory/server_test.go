package directory

import (
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// A person is an entry of the server.
type person struct {
	password   string
	attributes map[string][]string
}

// A server speaks as much LDAP as the tests need.
type server struct {
	net.Listener
	tls    *tls.Config // for StartTLS
	people map[string]person
	silent bool

	mu    sync.Mutex
	binds []string // who has tried
}

func serve(t testing.TB, l net.Listener, s *server) *server {
	s.Listener = l
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(conn)
		}
	}()
	return s
}

func (s *server) talk(conn net.Conn) {
	defer conn.Close()
	bound := ""
	for {
		packet, err := ber.ReadPacket(conn)
		if err != nil || len(packet.Children) < 2 || s.silent {
			if s.silent {
				_, _ = ber.ReadPacket(conn) // until the client gives up
			}
			return
		}
		id, op := packet.Children[0].Value.(int64), packet.Children[1]
		switch op.Tag {
		case ldap.ApplicationBindRequest:
			bound = op.Children[1].Value.(string)
			reply(conn, id, ldap.ApplicationBindResponse, s.bind(bound, op.Children[2].Data.String()))
		case ldap.ApplicationSearchRequest:
			s.search(conn, id, op, bound)
		case ldap.ApplicationExtendedRequest:
			if s.tls == nil {
				reply(conn, id, ldap.ApplicationExtendedResponse, ldap.LDAPResultProtocolError)
				continue
			}
			reply(conn, id, ldap.ApplicationExtendedResponse, ldap.LDAPResultSuccess)
			conn = tls.Server(conn, s.tls)
		default:
			return
		}
	}
}

func (s *server) bind(dn, pw string) uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.binds = append(s.binds, dn)
	p, ok := s.people[dn]
	switch {
	case pw == "": // unauthenticated, which is success
		return ldap.LDAPResultSuccess
	case strings.Contains(dn, "broken"):
		return ldap.LDAPResultOther
	case !ok || p.password != pw:
		return ldap.LDAPResultInvalidCredentials
	}
	return ldap.LDAPResultSuccess
}

func (s *server) search(conn net.Conn, id int64, op *ber.Packet, bound string) {
	base, scope := op.Children[0].Value.(string), op.Children[1].Value.(int64)
	filter, err := ldap.DecompileFilter(op.Children[6])
	if err != nil || bound == "" {
		reply(conn, id, ldap.ApplicationSearchResultDone, ldap.LDAPResultInsufficientAccessRights)
		return
	}
	for dn, p := range s.people {
		if scope == ldap.ScopeBaseObject && dn == base || scope != ldap.ScopeBaseObject && strings.HasSuffix(dn, base) && p.matches(filter) {
			_, _ = conn.Write(entry(id, dn, p).Bytes())
		}
	}
	reply(conn, id, ldap.ApplicationSearchResultDone, ldap.LDAPResultSuccess)
}

func (p person) matches(filter string) bool {
	key, value, _ := strings.Cut(strings.Trim(filter, "()"), "=")
	for _, v := range p.attributes[key] {
		if ldap.EscapeFilter(v) == value {
			return true
		}
	}
	return false
}

func message(id int64, tag ber.Tag) (whole, op *ber.Packet) {
	whole = ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	whole.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	return whole, ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func reply(conn net.Conn, id int64, tag ber.Tag, code uint16) {
	whole, op := message(id, tag)
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, uint64(code), ""))
	op.AppendChild(text(""))
	op.AppendChild(text(""))
	whole.AppendChild(op)
	_, _ = conn.Write(whole.Bytes())
}

func entry(id int64, dn string, p person) *ber.Packet {
	whole, op := message(id, ldap.ApplicationSearchResultEntry)
	op.AppendChild(text(dn))
	all := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for key, values := range p.attributes {
		one := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		one.AppendChild(text(key))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range values {
			set.AppendChild(text(v))
		}
		one.AppendChild(set)
		all.AppendChild(one)
	}
	op.AppendChild(all)
	whole.AppendChild(op)
	return whole
}
