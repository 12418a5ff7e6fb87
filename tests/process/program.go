// Package process runs the server as a process, for the tests that do to it what happens to
// processes.
package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// A Program is the server, which is built when it is first wanted.
type Program struct {
	Flags []string // of "go build"

	once sync.Once
	dir  string
	err  error
}

// Path returns where the program is.
func (p *Program) Path() (string, error) {
	p.once.Do(p.build)
	return filepath.Join(p.dir, "ircd"), p.err
}

func (p *Program) build() {
	if p.dir, p.err = os.MkdirTemp("", "parley-program"); p.err != nil {
		return
	}
	args := append([]string{"build", "-o", p.dir}, p.Flags...)
	out, err := exec.Command("go", append(args, "github.com/parley-irc/parley/ircd")...).CombinedOutput()
	if err != nil {
		p.err = fmt.Errorf("%w: %s", err, out)
	}
}

// Main runs the tests of a package, and removes the program.
func (p *Program) Main(m *testing.M) {
	code := m.Run()
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
	os.Exit(code)
}
