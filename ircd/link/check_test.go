package link

import (
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	self := Server{
		SID: "ueast", Name: "east.example", Boot: "1", Network: "Test", Casemapping: "precis", Version: "2.0", Writes: 2, Reads: 1,
	}
	other := self
	other.SID, other.Name = "uwest", "west.example"
	for _, test := range []struct {
		why    string
		change func(s *Server)
		ahead  time.Duration
		want   string // a part of the error; "" for none
	}{
		{"they fit", func(*Server) {}, time.Second, ""},
		{"the one before", func(s *Server) { s.Writes, s.Reads = 1, 1 }, 0, ""},
		{"the next one", func(s *Server) { s.Writes, s.Reads = 3, 2 }, 0, ""},
		{"too new", func(s *Server) { s.Writes, s.Reads = 4, 3 }, 0, "too new"},
		{"too old", func(s *Server) { s.Writes, s.Reads = 0, 0 }, 0, "too old"},
		{"nobody", func(s *Server) { s.Name = "" }, 0, "does not say"},
		{"itself", func(s *Server) { *s = self }, 0, "itself"},
		{"same name", func(s *Server) { s.Name = self.Name; s.Boot = "2" }, 0, "has the name"},
		{"same SID", func(s *Server) { s.SID = self.SID }, 0, "has the name"},
		{"another network", func(s *Server) { s.Network = "Other" }, 0, "belongs to the network"},
		{"another casemapping", func(s *Server) { s.Casemapping = "ascii" }, 0, "casemapping"},
		{"ahead", func(*Server) {}, 6 * time.Second, "clock"},
		{"behind", func(*Server) {}, -6 * time.Second, "clock"},
	} {
		o := other
		test.change(&o)
		err := Check(self, o, test.ahead, 5*time.Second)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.why, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, wanted %q", test.why, err, test.want)
		}
	}
}
