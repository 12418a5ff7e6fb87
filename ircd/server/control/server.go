package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Handler does what a request asks for. Its lines and error are for people. What the
// request asks for besides, if it is data, it writes: lines of JSON which begin with
// DataPrefix. Writing fails when the client has gone.
type Handler func(ctx context.Context, r Request, data io.Writer) (lines []string, err error)

// A Server answers requests.
type Server struct {
	address
	ln     net.Listener
	handle Handler
	ctx    context.Context
	cancel context.CancelFunc
	loops  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// Listen opens the socket in a data folder, which the caller has locked, and
// answers requests by handle until Close.
func Listen(folder string, handle Handler) (*Server, error) {
	a, err := newAddress(folder)
	if err != nil {
		return nil, err
	}
	os.Remove(a.real) // of a server that was killed: the lock says there is no other
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		// The file takes its mode from the socket.
		return c.Control(func(fd uintptr) { syscall.Fchmod(int(fd), 0o600) })
	}}
	ln, err := lc.Listen(context.Background(), "unix", a.path)
	if err == nil {
		err = os.Chmod(a.real, 0o600)
	}
	if err != nil {
		a.close()
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	s := &Server{address: a, ln: ln, handle: handle, conns: map[net.Conn]bool{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.loops.Go(s.accept)
	return s, nil
}

func (s *Server) accept() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.loops.Go(func() { s.serve(c) })
	}
}

func (s *Server) serve(c net.Conn) {
	defer func() {
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		c.Close()
	}()
	in := bufio.NewScanner(c)
	in.Buffer(nil, maxLine)
	out := json.NewEncoder(c)
	for s.ctx.Err() == nil && in.Scan() {
		if out.Encode(s.answer(in.Bytes(), c)) != nil {
			return
		}
	}
}

func (s *Server) answer(line []byte, data io.Writer) Reply {
	var r Request
	if err := json.Unmarshal(line, &r); err != nil {
		return Reply{Error: "this is not a request in JSON"}
	}
	lines, err := s.handle(s.ctx, r, data)
	if err != nil {
		return Reply{Error: err.Error()}
	}
	return Reply{Lines: lines}
}

// lastWords is how long a reply may take when the server stops.
const lastWords = time.Second

// Close closes the socket and ends its connections. Requests under way are
// cancelled, and waited for; their replies are still sent.
func (s *Server) Close() {
	s.cancel()
	s.ln.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.(*net.UnixConn).CloseRead()
		c.SetWriteDeadline(time.Now().Add(lastWords)) // one who does not read delays nobody
	}
	s.mu.Unlock()
	s.loops.Wait()
	os.Remove(s.real)
	s.close()
}
