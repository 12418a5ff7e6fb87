// Package acme gets certificates from an authority that speaks ACME (RFC 8555), and
// renews them.
//
// All of it happens beside the server: no handshake waits for an authority. What there
// is at the end is a file, which is loaded like any other certificate; so a server
// starts with what it has, and one whose authority is out of order goes on with what it
// had. What goes wrong is told, and tried again at growing intervals, well before the
// old certificate ends.
package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options are how certificates are got. Configure changes all but Folder, Log, Changed
// and Failed.
type Options struct {
	Domains   []string
	Directory string // the address of the authority's service
	Email     string // "" for none
	// HTTP means that the authority finds Handler at port 80 of the domains; else it must
	// find a listener that asks Challenge at port 443.
	HTTP   bool
	KeyID  string // of the account at the authority, if that wants one
	Key    []byte
	Client *http.Client // nil is http.DefaultClient

	Folder  string
	Log     *slog.Logger
	Changed func()          // there is another certificate
	Failed  func(err error) // it could not be got; it will be tried again
}

// enabled reports whether there is anything to get.
func (o *Options) enabled() bool { return len(o.Domains) > 0 }

// The names of files in the folder.
const (
	certName    = "acme.pem"
	accountName = "acme-account.key"
)

// File returns the path of the file with the certificate and its key, and whether it is
// there.
func File(folder string) (path string, ok bool) {
	path = filepath.Join(folder, certName)
	_, err := os.Stat(path)
	return path, err == nil
}

// A Manager gets certificates.
type Manager struct {
	opts   atomic.Pointer[Options]
	wake   chan struct{} // the options have changed
	counts struct{ got, failed atomic.Uint64 }

	mu     sync.Mutex
	tokens map[string]string           // what is to be found by HTTP, by path
	proofs map[string]*tls.Certificate // and by TLS, by domain
}

// New returns a manager, which gets nothing before Run.
func New(o Options) *Manager {
	m := &Manager{wake: make(chan struct{}, 1), tokens: map[string]string{}, proofs: map[string]*tls.Certificate{}}
	m.opts.Store(&o)
	return m
}

// Configure changes the options.
func (m *Manager) Configure(o Options) {
	old := m.opts.Load()
	o.Folder, o.Log, o.Changed, o.Failed = old.Folder, old.Log, old.Changed, old.Failed
	m.opts.Store(&o)
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Counts returns how many certificates were got, and how many attempts have failed.
func (m *Manager) Counts() (got, failed uint64) { return m.counts.got.Load(), m.counts.failed.Load() }

// pauses are those after attempts that have failed; the last one is repeated. Authorities
// allow few attempts within an hour.
var pauses = []time.Duration{time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour}

// longest is how long the files are not looked at.
const longest = 12 * time.Hour

// Run gets certificates, and renews them, until ctx ends.
func (m *Manager) Run(ctx context.Context) {
	failures := 0
	for {
		o := m.opts.Load()
		wait := longest
		if due := m.due(o); o.enabled() && due <= 0 {
			err := m.get(ctx, o)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				m.counts.failed.Add(1)
				wait = pauses[min(failures, len(pauses)-1)]
				failures++
				o.Log.Error("a certificate could not be got", "domains", o.Domains, "again in", wait, "error", err)
				o.Failed(err)
			default:
				m.counts.got.Add(1)
				failures = 0
				o.Changed()
				o.Log.Info("there is a new certificate", "domains", o.Domains, "valid until", m.ends(o).Format(time.RFC3339))
				continue
			}
		} else if o.enabled() {
			wait = min(due, longest)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-m.wake:
			t.Stop()
			failures = 0
		case <-t.C:
		}
	}
}

// due returns in which time another certificate is to be got: when a third of its
// lifetime is left, or now if there is none for these domains.
func (m *Manager) due(o *Options) time.Duration {
	leaf := o.leaf()
	if leaf == nil || !covers(leaf, o.Domains) {
		return 0
	}
	left := leaf.NotAfter.Sub(leaf.NotBefore) / 3
	return time.Until(leaf.NotAfter.Add(-left)) + rand.N(max(left/20, 1)) // not all servers of the world at once
}

func (m *Manager) ends(o *Options) time.Time {
	if leaf := o.leaf(); leaf != nil {
		return leaf.NotAfter
	}
	return time.Time{}
}

// leaf returns the certificate there is, or nil.
func (o *Options) leaf() *x509.Certificate {
	path, _ := File(o.Folder)
	pair, err := tls.LoadX509KeyPair(path, path)
	if err != nil {
		return nil
	}
	return pair.Leaf
}

// covers reports whether a certificate is for exactly these domains.
func covers(leaf *x509.Certificate, domains []string) bool {
	names := slices.Sorted(slices.Values(leaf.DNSNames))
	return slices.Equal(names, slices.Compact(slices.Sorted(slices.Values(domains))))
}

// Handler answers the authority that looks by HTTP whether a domain leads here.
// https://www.rfc-editor.org/rfc/rfc8555#section-8.3
func (m *Manager) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		text, ok := m.tokens[r.URL.Path]
		m.mu.Unlock()
		if !ok {
			http.Error(w, "This is an IRC server. Connect by a client for IRC.", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write([]byte(text))
	})
}

var errNoProof = errors.New("no certificate is asked for just now")

// Challenge returns what the authority is to see that looks by TLS whether a domain leads
// here. https://www.rfc-editor.org/rfc/rfc8737
func (m *Manager) Challenge(domain string) (*tls.Certificate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.proofs[domain]; c != nil {
		return c, nil
	}
	return nil, errNoProof
}
