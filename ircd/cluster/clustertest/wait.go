package clustertest

import (
	"flag"
	"testing"
	"time"
)

// ManyAtOnce lets more tests run at once than there are processors: those of linked servers
// wait most of the time, for elections. It is called by TestMain.
func ManyAtOnce() {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
}

// Until waits until something is so, for at most 30 seconds.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	const patience = 30 * time.Second
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}
