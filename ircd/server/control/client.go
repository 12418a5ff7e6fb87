package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	return call(folder, r, io.Discard, timeout)
}

// Stream is Call for a request that takes as long as it takes. The data that comes
// before the reply is written to data.
func Stream(folder string, r Request, data io.Writer) (lines []string, err error) {
	return call(folder, r, data, 0)
}

func call(folder string, r Request, data io.Writer, limit time.Duration) (lines []string, err error) {
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
	if limit > 0 {
		if err := c.SetDeadline(time.Now().Add(limit)); err != nil {
			return nil, err
		}
	}
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	in := bufio.NewReaderSize(c, maxLine)
	line, err := in.ReadBytes('\n')
	for err == nil && bytes.HasPrefix(line, []byte(DataPrefix)) {
		if _, err := data.Write(line); err != nil {
			return nil, err
		}
		line, err = in.ReadBytes('\n')
	}
	var reply Reply
	if err == nil {
		err = json.Unmarshal(line, &reply)
	}
	if err != nil {
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
