package profile

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestDuring takes profiles of this process.
func TestDuring(t *testing.T) {
	m := http.NewServeMux()
	m.HandleFunc("/debug/pprof/", pprof.Index)
	m.HandleFunc("/debug/pprof/profile", pprof.Profile)
	web := httptest.NewServer(m)
	defer web.Close()
	s := Server{Address: strings.TrimPrefix(web.URL, "http://"), Span: time.Second}
	done := false
	set, err := s.During(func() error { done = true; return nil })
	if err != nil || !done {
		t.Fatal(err, done)
	}
	for _, end := range []string{".cpu.pb.gz", ".mutex.pb.gz", ".block.pb.gz", ".before.pb.gz", ".after.pb.gz"} {
		if !bytes.HasPrefix(set[end], []byte("\x1f\x8b")) {
			t.Errorf("%s is no profile: %.20q", end, set[end])
		}
	}
	if len(set) != 5 {
		t.Errorf("%d files", len(set))
	}
	web.Config.Handler = http.NotFoundHandler()
	if _, err := s.During(func() error { return nil }); err == nil {
		t.Error("a server that takes no profiles is taken for one that does")
	}
}

// TestCalls counts the system calls of a program that writes when it has read.
func TestCalls(t *testing.T) {
	if _, err := exec.LookPath(Tracer); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = cmd.Wait() }()
	back := bufio.NewReader(out)
	set, err := Server{Pid: cmd.Process.Pid}.Calls(func() error {
		for range 10 {
			fmt.Fprintln(in, "tea")
			if _, err := back.ReadString('\n'); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && strings.Contains(err.Error(), "not permitted") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(set[".calls.txt"])) {
		if f := strings.Fields(line); len(f) == 5 && f[4] == "write" {
			if f[3] != "10" && f[3] != "9" { // the last may not have returned
				t.Errorf("%s writes instead of 10", f[3])
			}
			return
		}
	}
	t.Errorf("no writes:\n%s", set[".calls.txt"])
}
