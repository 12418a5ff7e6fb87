package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/ircd/store"
)

// A setting is something that a server has made for itself and keeps.
type setting struct {
	Value []byte `json:"value"`
}

var settingSchema = store.Schema[setting]{Name: "setting"}

// keep returns the setting of this name. If there is none, it keeps what is made.
func keep(ctx context.Context, st store.Store, name string, made []byte) ([]byte, error) {
	if rec, err := st.Get(ctx, store.Settings, name); err == nil {
		v, err := settingSchema.Decode(rec.Value)
		return v.Value, err // without asking others, who may not be reached
	}
	value, err := settingSchema.Encode(setting{made})
	if err != nil {
		return nil, err
	}
	_, err = st.Put(ctx, store.Settings, name, value, 0)
	if err == nil {
		return made, nil
	}
	if !errors.Is(err, store.ErrExists) {
		return nil, fmt.Errorf("keep %s: %w", name, err)
	}
	rec, err := st.Get(ctx, store.Settings, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	v, err := settingSchema.Decode(rec.Value)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return v.Value, nil
}

// cloakSecret returns what cloaks are made with: that of the configuration, or
// one that the server has made.
func cloakSecret(ctx context.Context, st store.Store, configured string) ([]byte, error) {
	if configured != "" {
		return []byte(configured), nil
	}
	made := make([]byte, 32)
	rand.Read(made)
	return keep(ctx, st, "cloak-secret", made)
}

// serverID returns the UUID of the server of this name: the records may be those of a
// network.
func serverID(ctx context.Context, st store.Store, name string) (string, error) {
	var u [16]byte
	rand.Read(u[:])
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	id := fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
	b, err := keep(ctx, st, "server-id "+name, []byte(id))
	return string(b), err
}
