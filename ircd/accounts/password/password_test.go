package password

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
	"pgregory.net/rapid"
)

func TestHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pw := string(rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "password"))
		hash := Hash(Cheap, pw)
		if !Verify(hash, pw) || Check(hash) != nil || !Current(Cheap, hash) || Current(Default, hash) {
			t.Fatalf("%s does not verify", hash)
		}
		if other := pw + "x"; Verify(hash, other) {
			t.Fatal("a longer password verifies")
		}
		if pw != "" && Verify(hash, pw[:len(pw)-1]) {
			t.Fatal("a shorter password verifies")
		}
	})
	if a, b := Hash(Cheap, "sesame"), Hash(Cheap, "sesame"); a == b {
		t.Error("two hashes have the same salt")
	}
}

// The first was made by the reference implementation.
func TestVerify(t *testing.T) {
	bc, err := bcrypt.GenerateFromPassword([]byte(strings.Repeat("x", 72)), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		hash, password string
		want           bool
	}{
		{"$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$Bo1ismRVk2qm6+YAYLCmWHDb+j3fjUH3", "password", true},
		{"$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$Bo1ismRVk2qm6+YAYLCmWHDb+j3fjUH3", "Password", false},
		{string(bc), strings.Repeat("x", 72), true},
		{string(bc), strings.Repeat("x", 73), true},
		{string(bc), strings.Repeat("x", 71), false},
		{strings.Replace(string(bc), "$2a$", "$2y$", 1), strings.Repeat("x", 72), true},
		{"", "", false},
		{"sesame", "sesame", false},
	} {
		if got := Verify(tt.hash, tt.password); got != tt.want {
			t.Errorf("Verify(%q, %q) = %v", tt.hash, tt.password, got)
		}
	}
}

func TestCheck(t *testing.T) {
	good := Hash(Cheap, "x")
	for _, bad := range []string{
		"", "sesame", "$2", "$2a$04$short", "$2a$31$" + strings.Repeat("a", 53),
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "t=1", "t=99", 1),
		strings.Replace(good, "t=1", "t=01", 1),
		strings.Replace(good, "m=8", "m=7", 1),
		strings.Replace(good, "m=8", "m=4294967295", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		good + "=", good + "$", good[:len(good)-30], " " + good,
	} {
		if err := Check(bad); !errors.Is(err, ErrHash) || Verify(bad, "x") {
			t.Errorf("Check(%q): %v", bad, err)
		}
	}
	if err := Default.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDummy(t *testing.T) {
	if d := Dummy(Cheap); !Current(Cheap, d) || Verify(d, "") {
		t.Error(d)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Hash(Cheap, "x"))
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Add("$2a$04$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parse(s)
		if err == nil && (h.String() != s || h.Params.Validate() != nil) {
			t.Errorf("%q reads as %v", s, h)
		}
		if (Check(s) == nil) != (err == nil) && !isBcrypt(s) {
			t.Errorf("Check(%q)", s)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		Hash(Default, "sesame")
	}
}
