package sasl

import (
	"context"

	"github.com/xdg-go/scram"

	"github.com/parley-irc/parley/ircd/accounts"
)

// scramSHA256 is SCRAM-SHA-256 (RFC 7677), without channel binding. After the
// server has proved itself to the client, the client sends an empty message.
type scramSHA256 struct {
	env       Env
	conv      *scram.ServerConversation
	challenge *accounts.Challenge
	proof     accounts.Proof
}

func (s *scramSHA256) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	switch {
	case s.conv == nil:
		challenge, err = s.first(ctx, string(data))
		return challenge, proof, err
	case !s.conv.Done():
		challenge, err = s.final(string(data))
		return challenge, proof, err
	case s.conv.Valid() && len(data) == 0:
		return nil, s.proof, nil
	}
	return nil, proof, ErrFailed
}

func (s *scramSHA256) first(ctx context.Context, message string) (challenge []byte, err error) {
	var refused error
	server, err := scram.SHA256.NewServer(func(name string) (c scram.StoredCredentials, err error) {
		if s.challenge, refused = s.env.Prover.Challenge(ctx, s.env.account(name)); refused == nil {
			c = s.challenge.Credentials
		}
		return c, refused
	})
	if err != nil {
		return nil, err
	}
	s.conv = server.NewConversation()
	reply, err := s.conv.Step(message)
	switch {
	case refused != nil:
		return nil, refused
	case err != nil, s.conv.Username() == "", !self(s.env.Names, s.env.account(s.conv.AuthzID()), s.env.account(s.conv.Username())):
		return nil, ErrFailed
	}
	return []byte(reply), nil
}

func (s *scramSHA256) final(message string) (challenge []byte, err error) {
	s.proof, err = s.challenge.Meet(func() error {
		reply, err := s.conv.Step(message)
		if err != nil || !s.conv.Valid() {
			return ErrFailed
		}
		challenge = []byte(reply)
		return nil
	})
	return challenge, err
}
