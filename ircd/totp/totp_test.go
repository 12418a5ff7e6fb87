package totp

import (
	"net/url"
	"testing"
	"time"
)

// secret is that of the test vectors, "12345678901234567890".
// https://www.rfc-editor.org/rfc/rfc6238#appendix-B
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestCheck(t *testing.T) {
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		var c Codes
		now := time.Unix(at, 0)
		for _, wrong := range []string{"", "000000", code + "0", code[1:]} {
			if c.Check("alice", secret, wrong, now) {
				t.Errorf("%q is right at %d", wrong, at)
			}
		}
		if !c.Check("alice", secret, code, now) {
			t.Errorf("%s is wrong at %d", code, at)
		}
		if c.Check("alice", secret, code, now) {
			t.Errorf("%s is right twice", code)
		}
		if !c.Check("bob", secret, code, now) {
			t.Error("what alice has used is no use to bob, who has a secret of his own")
		}
	}
}

func TestSkew(t *testing.T) {
	for _, tt := range []struct {
		late  time.Duration
		right bool
	}{{0, true}, {30 * time.Second, true}, {-30 * time.Second, true}, {60 * time.Second, false}, {-60 * time.Second, false}} {
		var c Codes
		if got := c.Check("alice", secret, "050471", time.Unix(1111111111, 0).Add(tt.late)); got != tt.right {
			t.Errorf("%v late: %v", tt.late, got)
		}
	}
}

// TestOrder: an older code is of no use after a newer one.
func TestOrder(t *testing.T) {
	var c Codes
	now := time.Unix(1111111111, 0)
	if !c.Check("alice", secret, "050471", now) || c.Check("alice", secret, "081804", now) {
		t.Error("an older code is right after a newer one")
	}
}

func TestNew(t *testing.T) {
	a, b := New(), New()
	if len(a) != 32 || a == b {
		t.Errorf("%q, %q", a, b)
	}
	u, err := url.Parse(URL(a, "Tea Net", "alice"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Tea Net:alice" || u.Query().Get("secret") != a {
		t.Errorf("%v, %v", u, err)
	}
}
