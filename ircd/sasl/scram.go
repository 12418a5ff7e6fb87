package sasl

import (
	"context"

	"github.com/xdg-go/scram"
)

// scramSHA256 is SCRAM-SHA-256 (RFC 7677), without channel binding. After the
// server has proved itself to the client, the client sends an empty message.
type scramSHA256 struct {
	env     Env
	conv    *scram.ServerConversation
	account string
}

func (s *scramSHA256) step(ctx context.Context, data []byte) (challenge []byte, account string, err error) {
	switch {
	case s.conv == nil:
		return s.first(ctx, string(data))
	case !s.conv.Done():
		return s.final(string(data))
	case s.conv.Valid() && len(data) == 0:
		return nil, s.account, nil
	}
	return nil, "", ErrFailed
}

func (s *scramSHA256) first(ctx context.Context, message string) (challenge []byte, account string, err error) {
	var refused error
	server, err := scram.SHA256.NewServer(func(name string) (c scram.StoredCredentials, err error) {
		c, s.account, refused = s.env.Prover.Verifier(ctx, name)
		return c, refused
	})
	if err != nil {
		return nil, "", err
	}
	s.conv = server.NewConversation()
	reply, err := s.conv.Step(message)
	switch {
	case refused != nil:
		return nil, "", refused
	case err != nil, s.conv.Username() == "", !self(s.env.Names, s.conv.AuthzID(), s.conv.Username()):
		return nil, "", ErrFailed
	}
	return []byte(reply), "", nil
}

func (s *scramSHA256) final(message string) (challenge []byte, account string, err error) {
	err = s.env.Prover.Attempt(s.conv.Username(), func() error {
		reply, err := s.conv.Step(message)
		if err != nil || !s.conv.Valid() {
			return ErrFailed
		}
		challenge = []byte(reply)
		return nil
	})
	return challenge, "", err
}
