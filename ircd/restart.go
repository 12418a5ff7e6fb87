package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/parley-irc/parley/ircd/listener"
)

// socketsEnv is the variable by which a server tells the one that replaces it which
// sockets are open: "address=descriptor", with tabs between.
const socketsEnv = "PARLEY_SOCKETS"

// inherited returns the sockets that an earlier server has handed over, by address.
func inherited() map[string]*os.File {
	sockets := map[string]*os.File{}
	for item := range strings.SplitSeq(os.Getenv(socketsEnv), "\t") {
		i := strings.LastIndexByte(item, '=')
		if i < 0 {
			continue
		}
		if fd, err := strconv.Atoi(item[i+1:]); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
			sockets[item[:i]] = os.NewFile(uintptr(fd), item[:i])
		}
	}
	os.Unsetenv(socketsEnv)
	return sockets
}

// replace runs the program at path in place of this one, with its arguments and
// process number. It returns only if that fails.
func replace(path string, sockets map[string]*os.File) error {
	var items []string
	for address, f := range sockets {
		fd, err := listener.Inheritable(f)
		if err != nil {
			return err
		}
		items = append(items, address+"="+strconv.Itoa(fd))
	}
	env := append(os.Environ(), socketsEnv+"="+strings.Join(items, "\t"))
	return fmt.Errorf("start again: %w", syscall.Exec(path, os.Args, env))
}
