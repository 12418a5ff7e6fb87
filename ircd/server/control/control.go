// Package control is how commands on the same machine reach a running server: a
// unix socket in its data folder, over which a request and its reply are one line
// of JSON each.
//
// Some replies are preceded by data, of which there may be any amount: lines of JSON, too,
// which begin with DataPrefix.
//
// Whoever can open the socket may do everything; its mode (0600, in a folder of
// mode 0700) lets only the user of the server, and root. There is no password to
// set, to forget or to leak.
package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// A Request asks the server to do something. A connection may make several, one
// after the other.
type Request struct {
	Command string `json:"command"` // "status", "rehash", "account add", …
	Name    string `json:"name,omitempty"`
	// Password must not be logged.
	Password string `json:"password,omitempty"`
}

// A Reply is what came of a request.
type Reply struct {
	Lines []string `json:"lines,omitempty"` // for people
	Error string   `json:"error,omitempty"` // why it was not done; "" if it was
}

// DataPrefix is what lines of data begin with, and replies do not.
const DataPrefix = `{"kind":`

const (
	socketName = "control.sock"
	maxLine    = 64 << 10
)

// An address is the path of the socket in a folder. Paths of sockets have about
// 100 bytes; a longer one is replaced by one through the open folder.
type address struct {
	path   string // to listen or dial
	real   string // to remove
	folder *os.File
}

const maxPath = 100

func newAddress(folder string) (a address, err error) {
	a.real = filepath.Join(folder, socketName)
	a.path = a.real
	if len(a.real) <= maxPath {
		return a, nil
	}
	if a.folder, err = os.Open(folder); err != nil {
		return a, err
	}
	a.path = filepath.Join("/proc/self/fd", strconv.Itoa(int(a.folder.Fd())), socketName)
	if _, err := os.Stat(filepath.Dir(a.path)); err != nil {
		a.close()
		return a, fmt.Errorf("the path %s is too long for a socket; write a shorter server.data-dir", a.real)
	}
	return a, nil
}

func (a address) close() {
	if a.folder != nil {
		a.folder.Close()
	}
}

// ErrNotRunning means that nobody listens on the socket.
var ErrNotRunning = errors.New("there is no running server")
