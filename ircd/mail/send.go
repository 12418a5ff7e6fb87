package mail

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"

	"github.com/wneessen/go-mail"
)

// send sends one message over one connection.
func send(ctx context.Context, c *mail.Client, m *mail.Msg) error {
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	err = c.SendWithSMTPClient(conn, m)
	_ = conn.Quit() // the message is delivered, or it is not
	_ = conn.Close()
	if err == nil || m.IsDelivered() {
		return nil
	}
	var refused *mail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", ErrFinal, err)
	}
	return err
}

// ReadSigner returns what signs messages with the private key in a file (RSA or
// Ed25519, in PEM), whose public half is in the DNS of the domain under the selector.
// https://datatracker.ietf.org/doc/html/rfc6376
func ReadSigner(domain, selector, file string) (*mail.DKIMSigner, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := mail.PrivKeyFromPEM(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return newSigner(domain, selector, key), nil
}

func newSigner(domain, selector string, key crypto.Signer) *mail.DKIMSigner {
	return mail.NewDKIMSigner(domain, selector, key)
}
