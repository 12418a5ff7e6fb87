package server

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/nats"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/store/bunt"
	"github.com/parley-irc/parley/ircd/store/jetstream"
)

// linkFolder is what a linked server keeps of its network, in the data folder.
const linkFolder = "link"

// openRecords opens the records of this server or, if it is linked, of its network.
func (s *Server) openRecords() error {
	path := s.folder.file(storeName)
	s.First = !exists(path)
	if !s.config.Link.Enabled {
		// One that runs without its network would have other records soon.
		if err := Member(s.folder.path); err != nil {
			return fmt.Errorf("%w, and link.enabled is false: turn it on; to leave the network for good, run \"ircd link leave\" while it is on", err)
		}
		own, err := bunt.Open(path)
		if err != nil {
			return fmt.Errorf("open the records: %w", err)
		}
		own.LogTo(s.Log)
		s.store, s.own = own, own
		return s.damaged(own)
	}
	clock := cluster.NewClock(s.options.Now)
	s.options.Now = clock.Now
	o, err := s.linkOptions(clock)
	if err != nil {
		return fmt.Errorf("link this server: %w", err)
	}
	s.self = &o.Self
	if s.linked, err = jetstream.Open(s.waiting, jetstream.Options{
		Path: path, Cluster: o, Found: s.found, Log: s.Log,
	}); err != nil {
		return fmt.Errorf("link this server: %w", err)
	}
	s.store, s.own = s.linked, s.linked.Store
	return s.damaged(s.linked.Store)
}

func (s *Server) damaged(own *bunt.Store) error {
	if d := own.Damage(); d != nil {
		s.Log.Error(d.String())
	}
	return nil
}

// Member returns an error if the server of a data folder is a member of a network.
func Member(dataDir string) error {
	m, ok, err := jetstream.ReadMembership(filepath.Join(dataDir, linkFolder))
	if err != nil || !ok || m.State != cluster.Member {
		return err
	}
	return fmt.Errorf("this server is a member of a network since %s", m.Since.Format(time.DateOnly))
}

func (s *Server) linkOptions(clock *cluster.Clock) (cluster.Options, error) {
	c := s.config
	id, trust, err := linkKeys(c)
	if err != nil {
		return cluster.Options{}, err
	}
	return cluster.Options{
		Self:   network.Describe(c, SID(c.Server.Name), s.options.Version, s.options.Now()),
		Listen: c.Link.Listen, Advertise: c.Link.Advertise, Peers: c.Link.Peers, Secret: c.Link.Secret,
		Identity: id, Trust: trust, Folder: s.folder.file(linkFolder), Clock: clock, Log: s.Log, Tell: s.tellLinks,
	}, nil
}

// tellLinks tells the operators here who want to know of links.
func (s *Server) tellLinks(text lang.Text, args ...any) {
	if n := s.network.Load(); n != nil {
		n.InformHere(modes.SnoLinks, text, args...)
	}
}

// linkKeys reads the key of this server, and whose it believes.
func linkKeys(c *config.Config) (*cluster.Identity, *cluster.Trust, error) {
	cert, key := c.LinkFiles()
	id, err := cluster.LoadIdentity(cert, key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; make them by \"ircd mkcert --link\"", err)
	}
	trust, err := cluster.NewTrust(c.Link.Pinned(), c.Link.CA)
	return id, trust, err
}

// linkUp links this server to the others, when all else is in place.
func (s *Server) linkUp() (err error) {
	if s.linked == nil {
		return nil
	}
	s.up = true
	s.Core.Network.LinkTo(func(h link.Handler) link.Link {
		var l *nats.Link
		l, err = nats.Connect(s.linked.Node(), h)
		return l
	})
	return err
}

// relink takes over what can change of links.
func (s *Server) relink(c *config.Config, trust *cluster.Trust) {
	if s.linked == nil {
		return
	}
	if err := s.linked.Node().Reconfigure(c.Link.Peers, trust); err != nil {
		s.Log.Error("the links are not reconfigured", "error", err)
	}
}

// links checks what a link needs.
func (k *checker) links() {
	if !k.Link.Enabled {
		return
	}
	id, _, err := linkKeys(k.Config)
	key := "link.cert"
	if id != nil {
		key = "link.ca"
	}
	if err != nil {
		k.bad(key, "cannot be used: %v", err)
		return
	}
	if k.Link.CA != "" && id.Leaf.VerifyHostname(k.Server.Name) != nil {
		k.bad("link.cert", "is not for the name of this server, %s, so others that have an authority will refuse it", k.Server.Name)
	}
}

// whileWaiting ends, for Start, what it waits for.
func (o *Options) whileWaiting() context.Context {
	if o.Context == nil {
		return context.Background()
	}
	return o.Context
}

// Rejoin lets a server that does not run forget its network.
func Rejoin(dataDir string) error {
	f, err := openFolder(dataDir)
	if err != nil {
		return err
	}
	defer f.close()
	return jetstream.Rejoin(f.file(linkFolder))
}
