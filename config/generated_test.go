package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// generated is what is made from the code; "GENERATE=1 go test ./config" writes it.
var generated = []struct{ path, text string }{
	{"../default.toml", Text(Default())},
	{"../docs/reference/config.md", Reference()},
}

func TestGenerated(t *testing.T) {
	for _, g := range generated {
		if os.Getenv("GENERATE") != "" {
			if err := os.WriteFile(g.path, []byte(g.text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := os.ReadFile(g.path); err != nil || string(b) != g.text {
			t.Errorf("%s is not current: run GENERATE=1 go test ./config (%v)", g.path, err)
		}
	}
}

func TestDefaultRoundTrip(t *testing.T) {
	c, err := Parse("default.toml", []byte(Text(Default())), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.from = origin{}
	if want := Default(); !reflect.DeepEqual(c, want) {
		t.Errorf("default.toml reads as\n%+v, want\n%+v", c, want)
	}
}

// TestChangedRoundTrip checks that Text writes every kind of value, and lists of
// several sections, so that Parse reads the same again.
func TestChangedRoundTrip(t *testing.T) {
	c := Default()
	c.Network.Name = "Tea\\Time"
	c.Server.DataDir = "/data"
	c.Server.Description = `a "quoted" – line`
	c.Listeners = append(c.Listeners, Listener{Address: "unix:/run/x.sock", Proxy: true})
	c.TLS.Certificates = []CertPair{{"/a.crt", "/a.key"}, {"/b.crt", "/b.key"}}
	c.Proxy.AllowedFrom = []string{"10.0.0.0/8", "::1"}
	c.Opers = []Oper{exampleOper(), {Name: "bob", CertFP: strings.Repeat("0a", 32), Class: "helper", Hidden: true}}
	c.OperClasses = append(c.OperClasses, OperClass{Name: "helper", Privileges: []string{"kill", "rehash"}})
	c.WebIRC = []WebIRC{exampleWebIRC()}
	c.Limits.SendQueue = 1000001
	c.Flood.Enabled = false

	got, err := Parse("/x.toml", []byte(Text(c)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if changes := Diff(c, got); len(changes) > 0 {
		t.Errorf("reads differently: %+v", changes)
	}
}

// TestExamples takes away the comment signs of the examples in default.toml, as
// an operator would, and reads the result.
func TestExamples(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#(\S)`).ReplaceAllString(Text(Default()), "$1")
	c, err := Parse("default.toml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Opers) != 1 || len(c.WebIRC) != 1 || len(c.TLS.Certificates) != 1 {
		t.Errorf("examples read as %+v, %+v, %+v", c.Opers, c.WebIRC, c.TLS.Certificates)
	}
}

// TestFields checks that all sections and keys are explained, that their tags
// say something, and that keys are written in one way.
func TestFields(t *testing.T) {
	docs := comments()
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	known := regexp.MustCompile(`^((toml|range|oneof|form|required|restart|secret):"[^"]+" ?)+$`)
	var visit func(reflect.Type, bool)
	visit = func(section reflect.Type, inList bool) {
		if docs[section.Name()] == "" && section.Name() != "Config" {
			t.Errorf("%s has no comment", section.Name())
		}
		for _, f := range fields(section) {
			name := section.Name() + "." + f.Name
			if !kebab.MatchString(keyOf(f)) {
				t.Errorf("%s has the key %q", name, keyOf(f))
			}
			switch {
			case isTable(f.Type):
				visit(f.Type, inList)
				continue
			case isTables(f.Type):
				visit(f.Type.Elem(), true)
				continue
			}
			if docs[name] == "" {
				t.Errorf("%s has no comment", name)
			}
			if !known.MatchString(string(f.Tag)) {
				t.Errorf("%s has an unknown tag: %s", name, f.Tag)
			}
			if form := f.Tag.Get("form"); form != "" && forms[form].ok == nil {
				t.Errorf("%s has the unknown form %q", name, form)
			}
			if inList && f.Tag.Get("restart") != "" {
				t.Errorf("%s is in a list and waits for a restart, which Live cannot do", name)
			}
			_, _, bounded := limitsOf(f)
			if (f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64) && !bounded {
				t.Errorf("%s has no range", name)
			}
		}
	}
	visit(reflect.TypeFor[Config](), false)
}
