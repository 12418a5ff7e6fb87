package accounts

import "testing"

func TestSplitDevice(t *testing.T) {
	for _, x := range []struct{ name, account, device string }{
		{"alice", "alice", ""},
		{"alice@phone", "alice", "phone"},
		{"Alice@Phone-2", "Alice", "phone-2"},
		{"alice@", "alice@", ""},
		{"@phone", "@phone", ""},
		{"alice@a@b", "alice@a@b", ""},
		{"alice@two words", "alice@two words", ""},
		{"alice@a-name-that-is-longer-than-is-allowed", "alice@a-name-that-is-longer-than-is-allowed", ""},
	} {
		if account, device := SplitDevice(x.name); account != x.account || device != x.device {
			t.Errorf("%q is %q and %q", x.name, account, device)
		}
	}
}
