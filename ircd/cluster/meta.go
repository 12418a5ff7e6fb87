package cluster

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// The members of a network elect who keeps which stream: JetStream's meta group. It
// forms by itself when two servers begin together that know of no group. A server that
// joins one must not do that, or there could be two; so it is given the file in which
// JetStream remembers a group, of so many members that it cannot win an election before
// it has been told who they really are.

// unknowable is a number of members of which nobody ever has the majority.
const unknowable = 1 << 16

// groupFile is where JetStream remembers the members of the group.
func (n *Node) groupFile(group string) string {
	return filepath.Join(n.o.Folder, "jetstream", "SYSTEM_"+group, "_js_", "_meta_", "peers.idx")
}

// remember writes the file, if there is none.
func (n *Node) remember(group string) error {
	path := n.groupFile(group)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	b := binary.LittleEndian.AppendUint32(nil, unknowable) // members
	b = binary.LittleEndian.AppendUint32(b, 0)             // that are known
	b = binary.LittleEndian.AppendUint16(b, 0)             // something about leaf nodes
	return os.WriteFile(path, b, 0o600)
}

// Wipe removes all that JetStream has kept. The node must not run as a Member.
func (n *Node) Wipe() error {
	n.starting.Lock()
	defer n.starting.Unlock()
	if _, err := n.running(); err == nil {
		return errors.New("the log is in use")
	}
	return os.RemoveAll(filepath.Join(n.o.Folder, "jetstream"))
}

// A Group is the meta group as this server sees it.
type Group struct {
	Leader string // "" if there is none
	// Members are known only to the leader: their names, or what JetStream calls those
	// it has not met.
	Members []string
	Size    int
}

// Leads reports whether this server leads the group.
func (n *Node) Leads() bool {
	e, err := n.running()
	return err == nil && e.server.JetStreamIsLeader()
}

// Group returns the meta group.
func (n *Node) Group() (g Group, err error) {
	e, err := n.running()
	if err != nil {
		return g, err
	}
	j, err := e.server.Jsz(&natsserver.JSzOptions{})
	if err != nil || j.Meta == nil {
		return g, errors.Join(errStopped, err)
	}
	g = Group{Leader: j.Meta.Leader, Size: j.Meta.Size}
	if !n.Leads() {
		return g, nil
	}
	g.Members = []string{n.o.Self.Name}
	for _, r := range j.Meta.Replicas {
		g.Members = append(g.Members, r.Name)
	}
	return g, nil
}

// Expel removes a server from the group for good. It asks the leader until that answers, or
// ctx ends.
func (n *Node) Expel(ctx context.Context, name string) error {
	e, err := n.running()
	if err != nil {
		return err
	}
	query, err := json.Marshal(natsserver.JSApiMetaServerRemoveRequest{Server: name})
	if err != nil {
		return err
	}
	return n.eachTry(ctx, func(ctx context.Context, _ jetstream.JetStream) error {
		m, err := e.system.RequestWithContext(ctx, natsserver.JSApiRemoveServer, query)
		if err != nil {
			return err
		}
		var answer natsserver.JSApiMetaServerRemoveResponse
		if err := json.Unmarshal(m.Data, &answer); err != nil {
			return err
		}
		if answer.Error != nil && answer.Error.ErrCode != uint16(natsserver.JSClusterServerNotMemberErr) {
			return fmt.Errorf("remove %s: %s", name, answer.Error.Description)
		}
		return nil
	})
}
