package script

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// maxAnswer is how long the line of an answer may be, in bytes.
const maxAnswer = 64 << 10

// A line leads to one that answers.
type line interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// A worker asks over a line, one question at a time. It is not safe for concurrent use.
type worker struct {
	open   func() (line, error)
	line   line // nil: not yet, or no more
	reader *bufio.Reader
}

// ask returns the answer to a question. A program may end after each answer: if that is
// noticed only now, it is started again.
func (w *worker) ask(text []byte, timeout time.Duration) (answer []byte, err error) {
	deadline := time.Now().Add(timeout)
	if w.line != nil {
		if answer, err = w.exchange(text, deadline); !ended(err) {
			return answer, err
		}
	}
	if w.line, err = w.open(); err != nil {
		w.line = nil
		return nil, err
	}
	w.reader = bufio.NewReaderSize(w.line, maxAnswer)
	return w.exchange(text, deadline)
}

// errEnded means that nothing was answered.
var errEnded = errors.New("the program has ended")

func ended(err error) bool { return errors.Is(err, errEnded) }

// exchange sends a question and waits for the answer. After an error the line is closed:
// what comes late would be the answer to another question.
func (w *worker) exchange(text []byte, deadline time.Time) (answer []byte, err error) {
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if err := w.line.SetDeadline(deadline); err != nil {
		return nil, fmt.Errorf("%w: %w", errEnded, err)
	}
	if _, err := w.line.Write(append(text, '\n')); err != nil && !timedOut(err) {
		return nil, fmt.Errorf("%w: %w", errEnded, err)
	} else if err != nil {
		return nil, err
	}
	answer, err = w.reader.ReadSlice('\n')
	switch {
	case err == nil && w.reader.Buffered() > 0:
		return nil, errors.New("the program has answered more than it was asked")
	case len(answer) == 0 && !timedOut(err):
		return nil, fmt.Errorf("%w: %w", errEnded, err)
	}
	return answer, err
}

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func (w *worker) close() {
	if w.line != nil {
		_ = w.line.Close()
		w.line = nil
	}
}

func dial(path string, timeout time.Duration) (line, error) {
	return net.DialTimeout("unix", path, timeout)
}
