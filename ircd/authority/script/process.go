package script

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process is a program that runs, and its two ends.
type process struct {
	cmd     *exec.Cmd
	in, out *os.File

	mu   sync.Mutex // nothing waits under it
	gone bool       // the number of the process may be another's
}

// start starts a program. What it writes to its standard error is logged.
func start(command []string, log *slog.Logger) (line, error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer theirOut.Close()
	p := &process{cmd: exec.Command(command[0], command[1:]...), in: in, out: out}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Env = theirIn, theirOut, environment()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to end what it starts, too
	complaints, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		in.Close()
		out.Close()
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	go p.tend(complaints, log)
	return p, nil
}

// tend waits until the process, and all that it has started, has ended.
func (p *process) tend(complaints io.Reader, log *slog.Logger) {
	relay(complaints, log)
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	_ = p.cmd.Wait() // how it ends is seen from what it answers
}

// environment is that of the server, without its configuration, which has secrets.
func environment() (env []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PARLEY__") {
			env = append(env, v)
		}
	}
	return env
}

// relay logs what a program writes, until that ends.
func relay(r io.Reader, log *slog.Logger) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		log.Warn("the program that knows accounts writes", "text", lines.Text())
	}
	_, _ = io.Copy(io.Discard, r) // after a line that is too long
}

func (p *process) Read(b []byte) (int, error)  { return p.out.Read(b) }
func (p *process) Write(b []byte) (int, error) { return p.in.Write(b) }

func (p *process) SetDeadline(t time.Time) error {
	if err := p.in.SetWriteDeadline(t); err != nil {
		return err
	}
	return p.out.SetReadDeadline(t)
}

// Close ends the process, and all that it has started.
func (p *process) Close() error {
	p.in.Close()
	p.out.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return p.cmd.Process.Kill()
	}
	return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}
