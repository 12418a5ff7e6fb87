package listener

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// exhausted is a listener that cannot accept for lack of descriptors.
type exhausted struct{ calls int }

func (e *exhausted) Accept() (net.Conn, error) {
	e.calls++
	return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
}
func (e *exhausted) Close() error   { return nil }
func (e *exhausted) Addr() net.Addr { return &net.TCPAddr{} }

// TestAcceptErrors tests that failures neither spin nor fill the log.
func TestAcceptErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		e := &exhausted{}
		l := newListener(Options{Address: "here", Log: slog.New(slog.NewTextHandler(&log, nil))}, e, false)
		done := make(chan bool)
		go func() {
			l.Serve(func(*Conn) { t.Error("there is no connection") })
			close(done)
		}()
		time.Sleep(3*time.Minute - time.Second)
		synctest.Wait()
		// 5 ms doubled up to 1 s, then once a second.
		if e.calls < 180 || e.calls > 190 {
			t.Errorf("%d calls of Accept in 3 minutes", e.calls)
		}
		if n := strings.Count(log.String(), "cannot accept"); n != 3 {
			t.Errorf("%d lines in the log:\n%s", n, log.String())
		}
		if !strings.Contains(log.String(), "failures=67") && !strings.Contains(log.String(), "failures=6") {
			t.Errorf("the log does not count:\n%s", log.String())
		}
		l.Close()
		<-done // although Serve was pausing
	})
}
