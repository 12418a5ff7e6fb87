package session

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/parley-irc/parley/ircd/wire"
)

// BenchmarkTCP measures delivery to sockets that another process reads, so that
// the CPU time is that of the server alone. The cases limit are the least that
// any server must do: one write for each line and member.
func BenchmarkTCP(b *testing.B) {
	for _, c := range []struct {
		name     string
		pipeline int
	}{{"one", 1}, {"pipelined", 100}} {
		b.Run(c.name+"/prober", func(b *testing.B) {
			r := newReaders(b)
			benchmarkDelivery(b, c.pipeline, func() Transport { return probe(r.conn()) }, r.wait)
		})
		b.Run(c.name+"/goroutines", func(b *testing.B) {
			r := newReaders(b)
			benchmarkDelivery(b, c.pipeline, func() Transport { return r.conn() }, r.wait)
		})
	}
	b.Run("one/limit", func(b *testing.B) {
		r := newReaders(b)
		var conns []net.Conn
		for range members {
			conns = append(conns, r.conn())
		}
		m := message()
		var lines [members][]byte
		total := int64(0)
		for i := range lines {
			lines[i] = wire.One(m).Bytes(kinds[i%len(kinds)], nil)
		}
		measure(b, func() {
			for range b.N {
				for i, c := range conns {
					c.Write(lines[i])
					total += int64(len(lines[i]))
				}
				r.wait(total)
			}
		})
	})
}

// A prober writes to a socket without waiting. The closure is made once.
type prober struct {
	net.Conn
	raw  syscall.RawConn
	try  func(fd uintptr) bool
	b    []byte
	n    int
	fail error
}

func probe(c net.Conn) *prober {
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		panic(err)
	}
	p := &prober{Conn: c, raw: raw}
	p.try = func(fd uintptr) bool {
		for p.n < len(p.b) {
			n, _, e := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(&p.b[p.n])), uintptr(len(p.b)-p.n))
			switch e {
			case 0:
				p.n += int(n)
			case syscall.EINTR:
			case syscall.EAGAIN:
				return true
			default:
				p.fail = e
				return true
			}
		}
		return true
	}
	return p
}

func (p *prober) TryWrite(b []byte) (int, error) {
	p.b, p.n, p.fail = b, 0, nil
	if err := p.raw.Write(p.try); err != nil {
		return 0, err
	}
	p.b = nil
	return p.n, p.fail
}

// readers is another process that reads connections.
type readers struct {
	b        *testing.B
	listener net.Listener
	control  *bufio.ReadWriter
}

const readersEnv = "SESSION_BENCH_READERS"

// TestMain is the other process if it is asked to be.
func TestMain(m *testing.M) {
	if addr := os.Getenv(readersEnv); addr != "" {
		read(addr)
		return
	}
	os.Exit(m.Run())
}

// read dials as many connections as there are lines "+" at standard input, and
// answers each number there once as many bytes have been read from them all.
func read(addr string) {
	var total atomic.Int64
	more := make(chan struct{}, 1)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if in.Text() == "+" {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				panic(err)
			}
			go func() {
				buf := make([]byte, 16<<10)
				for {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					total.Add(int64(n))
					select {
					case more <- struct{}{}:
					default:
					}
				}
			}()
			continue
		}
		target, _ := strconv.ParseInt(in.Text(), 10, 64)
		for total.Load() < target {
			<-more
		}
		fmt.Println("done")
	}
}

func newReaders(b *testing.B) *readers {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), readersEnv+"="+listener.Addr().String())
	in, _ := child.StdinPipe()
	out, _ := child.StdoutPipe()
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); child.Wait(); listener.Close() })
	return &readers{b, listener, bufio.NewReadWriter(bufio.NewReader(out), bufio.NewWriter(in))}
}

func (r *readers) conn() net.Conn {
	r.control.WriteString("+\n")
	r.control.Flush()
	c, err := r.listener.Accept()
	if err != nil {
		r.b.Fatal(err)
	}
	r.b.Cleanup(func() { c.Close() })
	return c
}

// wait waits until the readers have read as many bytes.
func (r *readers) wait(total int64) {
	fmt.Fprintln(r.control, total)
	r.control.Flush()
	if _, err := r.control.ReadString('\n'); err != nil {
		r.b.Fatal(err)
	}
}
