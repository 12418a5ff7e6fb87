package dispatch

import (
	"bytes"
	"context"
	"errors"
	"net"
	"time"
)

// Wait runs f, which waits for something slow such as a password hash, while the
// connection goes on reading: a client that disconnects or quits meanwhile is
// noticed, and ctx is cancelled. What the client sends is run after the command.
// f must not use the connection.
func (r *Request) Wait(f func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	r.lines.mayRest = false
	done := make(chan error, 1)
	go func() {
		err := f(ctx)
		_ = r.conn.SetReadDeadline(time.Unix(1, 0)) // ends the reading below
		done <- err
	}()
	var err, lost error
	r.Aside(func() { err, lost = r.readWhile(done, cancel) })
	if r.ended.Load() == nil {
		_ = r.conn.SetReadDeadline(time.Time{})
	}
	if lost != nil {
		r.lines.err = lost
		return Quit{Reason: readError(lost)}
	}
	return err
}

// readWhile reads until done, and returns what came of it. lost is why the
// connection ended meanwhile.
func (r *Request) readWhile(done <-chan error, cancel func()) (err, lost error) {
	for {
		select {
		case err := <-done:
			return err, nil
		default:
		}
		if len(r.lines.rest) > r.lines.max {
			return <-done, nil // the rest waits in the kernel
		}
		readErr := r.lines.read()
		var timeout net.Error
		switch {
		case readErr == nil:
			if quits(r.lines.rest) {
				cancel()
			}
		case errors.As(readErr, &timeout) && timeout.Timeout():
			if r.ended.Load() != nil {
				cancel()
			}
			return <-done, nil
		default:
			cancel()
			<-done
			return nil, readErr
		}
	}
}

// quits reports whether one of the lines that wait is QUIT.
func quits(rest []byte) bool {
	return bytes.HasPrefix(rest, []byte("QUIT")) || bytes.Contains(rest, []byte("\nQUIT"))
}
