package cluster

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
)

// An Identity is the key by which other servers know this one, with its certificate.
type Identity struct {
	tls.Certificate
	signer crypto.Signer
}

// LoadIdentity reads a certificate and its key.
func LoadIdentity(cert, key string) (*Identity, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", cert, key, err)
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if _, known := algorithms[pair.Leaf.PublicKeyAlgorithm]; !ok || !known {
		return nil, fmt.Errorf("certificate %s: a key of the type %v cannot be used", cert, pair.Leaf.PublicKeyAlgorithm)
	}
	return &Identity{pair, signer}, nil
}

// Fingerprint returns the fingerprint of the key.
func (id *Identity) Fingerprint() string { return Fingerprint(id.Leaf) }

// Fingerprint returns the SHA-256 of the public key in a certificate, in hexadecimal.
// It stays the same when the certificate is renewed with the same key.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// algorithms are how keys sign.
var algorithms = map[x509.PublicKeyAlgorithm]x509.SignatureAlgorithm{
	x509.ECDSA: x509.ECDSAWithSHA256, x509.RSA: x509.SHA256WithRSA, x509.Ed25519: x509.PureEd25519,
}

// sign signs a message.
func (id *Identity) sign(message []byte) ([]byte, error) {
	if id.Leaf.PublicKeyAlgorithm == x509.Ed25519 {
		return id.signer.Sign(rand.Reader, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return id.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// verify checks what the key of a certificate has signed.
func verify(cert *x509.Certificate, message, signature []byte) error {
	algorithm, ok := algorithms[cert.PublicKeyAlgorithm]
	if !ok {
		return errors.New("its key is of a type that cannot be used")
	}
	return cert.CheckSignature(algorithm, message, signature)
}
