package cluster

import (
	"os"
	"path/filepath"
)

// A server of NATS that could not write to its disk takes no further part in the logs,
// whatever becomes of the disk, until it begins anew. So it does when there is space again.

// hurts is what NATS logs then.
const hurts = "Critical write error"

// space is how much has to be free, in bytes, before it is tried again.
const space = 1 << 20

// mend begins anew after the disk could not be written to, when it can.
func (n *Node) mend() {
	if !n.log.hurt.Load() {
		return
	}
	if n.report.due("disk") {
		n.o.Log.Error("the disk cannot be written to: this server takes no part in keeping the records of the network", "folder", n.o.Folder)
		n.o.Tell("The disk cannot be written to: this server takes no part in keeping the records of the network")
	}
	if !n.spacious() {
		return
	}
	n.log.hurt.Store(false)
	n.report.forget("disk")
	n.o.Log.Info("the disk can be written to again; the links begin anew")
	n.o.Tell("The disk can be written to again, so that this server takes part in keeping the records of the network")
	go n.restart() // which Close does not wait for, since it may wait for Close
}

// restart begins anew in the same mode.
func (n *Node) restart() {
	n.starting.Lock()
	defer n.starting.Unlock()
	n.mu.Lock()
	m := n.mode
	n.mu.Unlock()
	if n.ctx.Err() != nil {
		return
	}
	m.Forming = false
	if err := n.start(m); err != nil {
		n.o.Log.Error("the links cannot begin anew; trying again", "error", err)
		n.log.hurt.Store(true)
	}
}

// spacious reports whether as much as need be can be written.
func (n *Node) spacious() bool {
	path := filepath.Join(n.o.Folder, "space")
	defer os.Remove(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return false
	}
	defer f.Close()
	if _, err = f.Write(make([]byte, space)); err == nil {
		err = f.Sync()
	}
	return err == nil
}
