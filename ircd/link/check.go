package link

import (
	"fmt"
	"time"
)

// Check reports why two servers must not be linked, nil if they may. other is what the
// other one says of itself, and ahead how far its clock is ahead of ours, which may be
// negative. What only the transport knows, such as whose key it is, is not checked.
func Check(self, other Server, ahead, most time.Duration) error {
	switch {
	case other.SID == "" || other.Name == "" || other.Boot == "":
		return fmt.Errorf("the other server does not say who it is")
	case other.Name == self.Name && other.Boot == self.Boot:
		return fmt.Errorf("that is this server itself")
	case other.Name == self.Name || other.SID == self.SID:
		return fmt.Errorf("the other server has the name of this one, %s: give one of them another (server.name)", self.Name)
	case other.Network != self.Network:
		return fmt.Errorf("%s belongs to the network %q, this server to %q (network.name)", other.Name, other.Network, self.Network)
	case other.Casemapping != self.Casemapping:
		return fmt.Errorf("%s has the casemapping %s, this server %s (server.casemapping)", other.Name, other.Casemapping, self.Casemapping)
	case other.Writes < self.Reads || self.Writes < other.Reads:
		return fmt.Errorf("%s (%s) is too old, or too new, for this server (%s): upgrade one version after another", other.Name, other.Version, self.Version)
	case ahead > most || ahead < -most:
		return fmt.Errorf("the clock of %s differs by %v from this server's; set both by NTP", other.Name, ahead.Round(time.Second))
	}
	return nil
}
