package accounts

import (
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// maxDevice is how long the name of a device may be, in bytes.
const maxDevice = 32

// SplitDevice returns the account and the device that somebody names who logs in as
// "alice@phone", or the whole name if it names no device. Devices are told apart in
// small letters.
func SplitDevice(name string) (account, device string) {
	account, device, ok := strings.Cut(name, "@")
	if device = string(casemap.ASCII.Fold(device)); !ok || account == "" || !isDevice(device) {
		return name, ""
	}
	return account, device
}

func isDevice(s string) bool {
	if s == "" || len(s) > maxDevice {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
