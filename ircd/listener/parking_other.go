//go:build !linux

package listener

import "errors"

// A Parking is where connections wait without a goroutine each. On this system there
// is none.
type Parking struct{}

// NewParking returns nil: every connection keeps its goroutine.
func NewParking() (*Parking, error) { return nil, nil }

// Close does nothing.
func (p *Parking) Close() error { return nil }

func (p *Parking) add(*Conn, *socket) error { return errors.ErrUnsupported }

func (p *Parking) remove(*Conn) {}
