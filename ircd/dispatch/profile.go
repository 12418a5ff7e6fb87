package dispatch

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/state"
)

// profile returns where the metadata of an account is kept, nil if it is not.
func (s *Server) profile(account string) *profiles.Keeper {
	if account == "" || s.Accounts == nil || !s.Config().Metadata.Enabled {
		return nil
	}
	return s.Profiles
}

// LoadProfile returns the metadata that is kept of an account, after what is already
// known, which is newer.
func (r *Request) LoadProfile(account string, known state.Metadata) (state.Metadata, error) {
	k := r.Server.profile(account)
	if k == nil {
		return known, nil
	}
	var kept state.Metadata
	key := string(r.Server.Network.World.Mapping.Fold(account))
	err := r.Wait(func(ctx context.Context) (err error) {
		ctx, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		if kept, err = k.Load(ctx, key); errors.Is(err, profiles.ErrNoOwner) {
			err = nil // the account is no more, or suspended: that is for others to tell
		}
		return err
	})
	for _, note := range kept {
		if _, has := known.Get(note.Key); !has && r.Server.Network.NotesFit(known.With(note.Key, note.Value), known) {
			known = known.With(note.Key, note.Value)
		}
	}
	return known, r.unlessQuit(err, "the metadata of an account was not read")
}

// SaveProfile keeps what has changed of a user's metadata with the account, if there is
// one. The client is warned if it cannot be kept.
func (r *Request) SaveProfile(u *state.User, c profiles.Change) error {
	k := r.Server.profile(u.Account())
	if k == nil || len(c.Set)+len(c.Remove) == 0 {
		return nil
	}
	key, most := string(r.Server.Network.World.Mapping.Fold(u.Account())), r.Server.Config().Metadata.MaxKeys
	err := r.Wait(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		return k.Save(ctx, key, c, most)
	})
	return r.unlessQuit(err, "the metadata of an account was not kept")
}

// adoptProfile gives the client's user, who has just logged in, the metadata of the
// account, and the account what the user has set before.
func (r *Request) adoptProfile() error {
	u := r.User
	own := u.Metadata()
	all, err := r.LoadProfile(u.Account(), own)
	if err != nil {
		return err
	}
	r.Server.Network.PutUserNotes(r.Actor(), all)
	return r.SaveProfile(u, profiles.Change{Set: own})
}

// unlessQuit logs what has failed, and warns the client. The error is what ends the
// connection.
func (r *Request) unlessQuit(err error, failed string) error {
	var quit Quit
	if err == nil || errors.As(err, &quit) || errors.Is(err, context.Canceled) {
		return err
	}
	r.Server.Log.Error(failed, "error", err)
	r.Warn(notKept)
	return nil
}
