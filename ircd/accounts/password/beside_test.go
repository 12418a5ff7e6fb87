package password

import (
	"runtime"
	"sync"
	"testing"
)

func TestBeside(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	in, out := make(chan int), make(chan bool)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() { Beside(func() { in <- runtime.GOMAXPROCS(0); <-out }) })
	}
	for range 2 {
		if n := <-in; n != 2 {
			t.Errorf("computes with %d processors", n)
		}
	}
	out <- true
	out <- true
	wait.Wait()
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("%d processors are left", n)
	}
	runtime.GOMAXPROCS(3)
	Beside(func() {
		if n := runtime.GOMAXPROCS(0); n != 3 {
			t.Errorf("three have become %d", n)
		}
	})
}
