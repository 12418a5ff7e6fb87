package server

import (
	"bytes"
	"runtime"
	"testing"
)

// TestUntouch tests that memory which was used is given back although it is held.
func TestUntouch(t *testing.T) {
	b := bytes.Repeat([]byte{1}, 8<<20)
	untouch(b)
	for i := range b {
		if b[i] != 0 {
			t.Fatalf("byte %d is still there", i)
		}
	}
	runtime.KeepAlive(b)
}
