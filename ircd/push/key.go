package push

import (
	"context"
	"errors"
	"fmt"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/parley-irc/parley/ircd/store"
)

// A Key signs the requests, so that push services take a device's notifications from
// this network alone. https://www.rfc-editor.org/rfc/rfc8292
type Key struct {
	Public  string `json:"public"`
	Private string `json:"private"`
}

var keySchema = store.Schema[Key]{Name: "key of push notifications"}

// keyName is the setting that is the key.
const keyName = "vapid-key"

// loadKey returns the key, which the servers of a network share. The first one makes
// it.
func loadKey(ctx context.Context, st store.Store) (k Key, err error) {
	rec, err := st.Get(ctx, store.Settings, keyName)
	if errors.Is(err, store.ErrNotFound) {
		if rec.Value, err = makeKey(ctx, st); errors.Is(err, store.ErrExists) {
			rec, err = st.Get(ctx, store.Settings, keyName)
		}
	}
	if err != nil {
		return k, fmt.Errorf("read the key: %w", err)
	}
	return keySchema.Decode(rec.Value)
}

func makeKey(ctx context.Context, st store.Store) (value []byte, err error) {
	var k Key
	if k.Private, k.Public, err = webpush.GenerateVAPIDKeys(); err != nil {
		return nil, err
	}
	if value, err = keySchema.Encode(k); err != nil {
		return nil, err
	}
	_, err = st.Put(ctx, store.Settings, keyName, value, 0)
	return value, err
}
