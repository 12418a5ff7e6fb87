package control

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
	"time"
)

// timeout is how long a reply may take.
const timeout = time.Minute

// Call makes a request of the server whose data folder this is. The error wraps
// ErrNotRunning if there is none; otherwise it may be the server's.
func Call(folder string, r Request) (lines []string, err error) {
	a, err := newAddress(folder)
	if err != nil {
		return nil, notRunning(err)
	}
	defer a.close()
	c, err := net.Dial("unix", a.path)
	if err != nil {
		return nil, notRunning(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	var reply Reply
	if err := json.NewDecoder(bufio.NewReader(c)).Decode(&reply); err != nil {
		return nil, fmt.Errorf("the server did not answer: %w", err)
	}
	if reply.Error != "" {
		return nil, errors.New(reply.Error)
	}
	return reply.Lines, nil
}

func notRunning(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return ErrNotRunning
	}
	return err
}
