package jetstream

import (
	"os"
	"testing"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
)

func TestMain(m *testing.M) {
	clustertest.ManyAtOnce()
	os.Exit(m.Run())
}
