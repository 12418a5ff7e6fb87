//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// The limit server runs as a process of its own, which is this test's program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "limit" {
		exit(serveLimit(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func small() sizes {
	return sizes{
		members: intList{3}, span: 40 * time.Millisecond, mesh: 20, rate: 2000, crowd: 4,
		register: 20, storm: 20, idle: 60, hold: 100, rush: 20, flood: 20, rest: 50 * time.Millisecond,
	}
}

// Every scenario plays to its end on the limit server and records figures.
func TestScenarios(t *testing.T) {
	for _, sc := range scenarios {
		if sc.real || sc.name == "slow-reader" { // the limit server drops nobody
			continue
		}
		t.Run(sc.name, func(t *testing.T) {
			ny := new(nursery)
			t.Cleanup(ny.killAll)
			rep := newReport(pins{-1, -1})
			once(rep, ny, pins{-1, -1}, spec{kind: "limit"}, sc, small(), 0, way{})
			if len(rep.Failures) > 0 {
				t.Fatal(rep.Failures[0].Error)
			}
			if len(rep.Results) == 0 && sc.name != "idle-websocket" {
				t.Fatal("nothing was recorded")
			}
			var out bytes.Buffer
			if err := rep.json(&out); err != nil || !json.Valid(out.Bytes()) {
				t.Fatalf("the report is no JSON: %v", err)
			}
			if len(ny.live) > 0 {
				t.Error("a server was left running")
			}
		})
	}
}

func TestSpread(t *testing.T) {
	least, m, most := spread([]metrics{{"a": 3, "b": 1}, {"a": 1}, {"a": 2, "b": 2}})
	if m["a"] != 2 || m["b"] != 1.5 || least["a"] != 1 || most["a"] != 3 || least["b"] != 1 || most["b"] != 2 {
		t.Errorf("got %v, %v, %v", least, m, most)
	}
}

// What a run has found so far is in the file, should it end too soon.
func TestSave(t *testing.T) {
	path := t.TempDir() + "/report.json"
	rep := newReport(pins{-1, -1})
	for n, runs := range []int{1, 2} {
		rep.add("fanout", "10 members", "limit", metrics{"x": float64(n)})
		if err := rep.save(path); err != nil {
			t.Fatal(err)
		}
		var read report
		if b, err := os.ReadFile(path); err != nil || json.Unmarshal(b, &read) != nil {
			t.Fatalf("no report: %v", err)
		}
		if len(read.Results) != 1 || len(read.Results[0].Runs) != runs || read.Results[0].Most["x"] != float64(n) {
			t.Errorf("after %d runs the file has %+v", runs, read.Results)
		}
	}
}

func TestQuantile(t *testing.T) {
	var s sample
	for i := 100; i > 0; i-- {
		s = append(s, time.Duration(i))
	}
	for q, want := range map[float64]time.Duration{0.5: 50, 0.99: 99, 1: 100, 0: 1} {
		if got := s.quantile(q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	tests := []struct{ line, verb, rest string }{
		{":irc.example.test 001 n :Hello\r", "001", "n :Hello"},
		{"@time=now;a :n!u@h JOIN #c", "JOIN", "#c"},
		{"PING :x\r", "PING", ":x"},
		{"PING", "PING", ""},
		{":", "", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		verb, rest := split([]byte(tt.line))
		if string(verb) != tt.verb || string(rest) != tt.rest {
			t.Errorf("split(%q) = %q, %q", tt.line, verb, rest)
		}
	}
}

func TestSpecs(t *testing.T) {
	tests := []struct{ arg, names, refusal string }{
		{arg: "limit", names: "limit"},
		{arg: "ergo", refusal: "needs its program"},
		{arg: "apache", refusal: "no server"},
		{arg: "at=127.0.0.1:6667,tls=6697,pid=1", names: "127.0.0.1:6667"},
		{arg: "at=127.0.0.1:6667,speed=9", refusal: "unknown option"},
		{arg: "at=here", refusal: "want an address"},
	}
	for _, tt := range tests {
		var l specList
		err := l.Set(tt.arg)
		if tt.refusal != "" {
			if err == nil || !strings.Contains(err.Error(), tt.refusal) {
				t.Errorf("%s: got %v, want %q", tt.arg, err, tt.refusal)
			}
			continue
		}
		if err != nil || l[0].name() != tt.names {
			t.Errorf("%s: got %v, %v", tt.arg, l, err)
		}
	}
	l := specList{}
	for _, arg := range []string{"parley=/a/ircd", "parley=/b/ircd"} {
		if err := l.Set(arg); err != nil {
			t.Fatal(err)
		}
	}
	if l[0].name() == l[1].name() {
		t.Errorf("two builds have one name: %s", l[0].name())
	}
}
