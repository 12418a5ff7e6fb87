package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func echo(_ context.Context, r Request, data io.Writer) ([]string, error) {
	if r.Command == "data" {
		for range 3 {
			fmt.Fprintln(data, DataPrefix+`"x"}`)
		}
	}
	if r.Command == "fail" {
		return nil, errors.New("it failed")
	}
	return []string{r.Command, r.Name, r.Password}, nil
}

func TestCall(t *testing.T) {
	for _, folder := range []string{t.TempDir(), filepath.Join(t.TempDir(), strings.Repeat("d", 150))} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := Call(folder, Request{}); !errors.Is(err, ErrNotRunning) {
			t.Errorf("before: %v", err)
		}
		s, err := Listen(folder, echo)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(folder, socketName))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the socket is %v, %v", info, err)
		}
		want := []string{"account add", "alice", "<pass&word>\n"}
		lines, err := Call(folder, Request{want[0], want[1], want[2]})
		if err != nil || !slices.Equal(lines, want) {
			t.Errorf("%q, %v", lines, err)
		}
		if lines, err := Call(folder, Request{Command: "fail"}); err == nil || err.Error() != "it failed" {
			t.Errorf("%q, %v", lines, err)
		}
		s.Close()
		if _, err := Call(folder, Request{}); !errors.Is(err, ErrNotRunning) {
			t.Errorf("after: %v", err)
		}
	}
	if _, err := Call(filepath.Join(t.TempDir(), "none"), Request{}); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no folder: %v", err)
	}
}

// TestStream checks that data comes apart from the reply, and that a client which does not
// read it does not keep the server from stopping.
func TestStream(t *testing.T) {
	folder := t.TempDir()
	begun := make(chan struct{})
	s, err := Listen(folder, func(ctx context.Context, r Request, data io.Writer) ([]string, error) {
		if r.Command == "data" {
			return echo(ctx, r, data)
		}
		close(begun)
		for {
			if _, err := fmt.Fprintln(data, DataPrefix+`"`+strings.Repeat("x", 1000)+`"}`); err != nil {
				return nil, err
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	lines, err := Stream(folder, Request{Command: "data"}, &b)
	if want := strings.Repeat(DataPrefix+"\"x\"}\n", 3); err != nil || b.String() != want || lines[0] != "data" {
		t.Errorf("%q, %q, %v", b.String(), lines, err)
	}
	c, err := net.Dial("unix", filepath.Join(folder, socketName))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintln(c, `{"command":"endless"}`)
	<-begun
	s.Close()
}

// TestLines speaks the protocol as the manual describes it.
func TestLines(t *testing.T) {
	folder := t.TempDir()
	s, err := Listen(folder, echo)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := net.Dial("unix", filepath.Join(folder, socketName))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	for _, tt := range [][2]string{
		{`{"command":"status"}`, `{"lines":["status","",""]}`},
		{`{"command":"fail"}`, `{"error":"it failed"}`},
		{`nonsense`, `{"error":"this is not a request in JSON"}`},
		{`{"command":"a","name":"b","more":1}`, `{"lines":["a","b",""]}`},
	} {
		c.Write([]byte(tt[0] + "\n"))
		b := make([]byte, 200)
		n, err := c.Read(b)
		if got := string(b[:n]); err != nil || got != tt[1]+"\n" {
			t.Errorf("%s is answered by %q (%v), want %s", tt[0], got, err, tt[1])
		}
	}
	c.Write([]byte(strings.Repeat("x", maxLine+1)))
	if n, err := c.Read(make([]byte, 10)); err == nil {
		t.Errorf("a giant line is answered by %d bytes", n)
	}
}

// TestClose checks that a request under way is cancelled and answered, and that
// one who says nothing is in nobody's way.
func TestClose(t *testing.T) {
	folder := t.TempDir()
	begun := make(chan struct{})
	s, err := Listen(folder, func(ctx context.Context, _ Request, _ io.Writer) ([]string, error) {
		close(begun)
		<-ctx.Done()
		return nil, errors.New("the server stops")
	})
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Dial("unix", filepath.Join(folder, socketName))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	answer := make(chan error)
	go func() {
		_, err := Call(folder, Request{Command: "wait"})
		answer <- err
	}()
	<-begun
	s.Close()
	if err := <-answer; err == nil || err.Error() != "the server stops" {
		t.Errorf("the answer is %v", err)
	}
	if _, err := os.Lstat(filepath.Join(folder, socketName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
}
