// Package profile takes profiles of servers that are under load: what their CPU does, what
// they allocate, what they wait for, and which system calls they make.
package profile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// Environment is what a server is to be started with: of what it allocates, enough is to be
// seen within seconds.
const Environment = "GODEBUG=memprofilerate=65536"

// A Server is a process that answers requests for profiles (monitoring.pprof).
type Server struct {
	Pid     int
	Address string        // of its monitoring
	Span    time.Duration // how long profiles are taken, in seconds
}

// A Set is profiles by the ends of the names of their files.
type Set map[string][]byte

// Save writes the files.
func (s Set) Save(prefix string) error {
	for end, b := range s {
		if err := os.WriteFile(prefix+end, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// During does something, and takes profiles for a span from its beginning on: what the CPU
// does, and for how long locks and other goroutines are waited for. What was allocated
// between beginning and end is the difference between two profiles.
func (s Server) During(f func() error) (Set, error) {
	set := Set{}
	var err error
	if set[".before.pb.gz"], err = s.get("heap?gc=1"); err != nil {
		return nil, err
	}
	var taking sync.WaitGroup
	var mu sync.Mutex
	for end, name := range map[string]string{".cpu.pb.gz": "profile", ".mutex.pb.gz": "mutex", ".block.pb.gz": "block"} {
		taking.Go(func() {
			b, failed := s.get(name + "?seconds=" + strconv.Itoa(max(1, int(s.Span.Seconds()))))
			mu.Lock()
			defer mu.Unlock()
			set[end], err = b, errors.Join(err, failed)
		})
	}
	time.Sleep(begins)
	failed := f()
	taking.Wait()
	if err = errors.Join(failed, err); err != nil {
		return nil, err
	}
	set[".after.pb.gz"], err = s.get("heap?gc=1")
	return set, err
}

// begins is within what time profiles are under way: a server does not say so.
const begins = 100 * time.Millisecond

func (s Server) get(name string) ([]byte, error) {
	answer, err := http.Get("http://" + s.Address + "/debug/pprof/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", name, answer.Status, bytes.TrimSpace(b))
	}
	return b, err
}

// Tracer is the program that counts system calls.
const Tracer = "strace"

// Calls does something, and counts the system calls meanwhile. The server is much slower
// then, so that nothing else can be measured.
func (s Server) Calls(f func() error) (Set, error) {
	out, err := os.CreateTemp("", "calls")
	if err != nil {
		return nil, err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd := exec.Command(Tracer, "-c", "-f", "-o", out.Name(), "-p", strconv.Itoa(s.Pid))
	says, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(says)
	line, _ := lines.ReadString('\n') // it is attached, or cannot be
	go io.Copy(io.Discard, lines)
	failed := f()
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	b, err := io.ReadAll(out)
	if err == nil && len(b) == 0 {
		err = fmt.Errorf("%s counts nothing: %s", Tracer, line)
	}
	return Set{".calls.txt": b}, errors.Join(failed, err)
}
