package process

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// A Process is a server that runs, or has run.
type Process struct {
	Pid   int
	Log   *Log
	Ended chan struct{} // closed when it is gone

	cmd *exec.Cmd
	err error // of its end
}

// Start starts a command in a folder, with more in its environment. It does not wait until
// the server can be connected to.
func Start(dir string, log *Log, env []string, command ...string) (*Process, error) {
	p := &Process{Log: log, Ended: make(chan struct{}), cmd: exec.Command(command[0], command[1:]...)}
	p.cmd.Dir, p.cmd.Stderr, p.cmd.Env = dir, log, append(os.Environ(), env...)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.Pid = p.cmd.Process.Pid
	go func() {
		p.err = p.cmd.Wait()
		close(p.Ended)
	}()
	return p, nil
}

// Signal sends a signal, unless the process is gone.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Wait waits until the process is gone, and returns how it ended.
func (p *Process) Wait() error {
	<-p.Ended
	return p.err
}

// End ends the process by a signal, and waits for it.
func (p *Process) End(s os.Signal) error {
	p.Signal(s)
	return p.Wait()
}

// A Log is what servers write.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Complaints are the lines in which a server says that something is wrong with itself.
func (l *Log) Complaints() (lines []string) {
	for line := range strings.Lines(l.String()) {
		for _, word := range []string{"panic", "DATA RACE", "level=ERROR"} {
			if strings.Contains(line, word) {
				lines = append(lines, line)
				break
			}
		}
	}
	return lines
}
