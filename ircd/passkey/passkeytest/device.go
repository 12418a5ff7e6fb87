// Package passkeytest makes passkeys for tests.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	"github.com/fxamacker/cbor/v2"
)

// A Device has one key, and a user who says yes to everything.
type Device struct {
	Origin   string
	Domain   string
	ID       []byte
	Count    uint32 // of signatures; 0 if it does not count them
	Unknown  bool   // it does not know its user
	Absent   bool   // nobody is there to say yes
	UserID   []byte // for whom the key is
	key      *ecdsa.PrivateKey
	Tampered bool // it signs something else
}

// New returns a device for a site.
func New(origin, domain string) *Device {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // no randomness, no tests
	}
	return &Device{Origin: origin, Domain: domain, ID: []byte(rand.Text()), key: key}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

const (
	present  = 1 << 0
	verified = 1 << 2
	attested = 1 << 6
)

func (d *Device) data(flags byte, more []byte) []byte {
	if !d.Absent {
		flags |= present
	}
	if !d.Unknown {
		flags |= verified
	}
	sum := sha256.Sum256([]byte(d.Domain))
	data := append(sum[:], flags)
	data = binary.BigEndian.AppendUint32(data, d.Count)
	return append(data, more...)
}

func (d *Device) client(ceremony, challenge string) []byte {
	return marshal(map[string]any{"type": ceremony, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func pack(v any) []byte {
	b, err := cbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// Create answers a Creation.
func (d *Device) Create(creation []byte) []byte {
	var c struct{ Challenge, UserID string }
	_ = json.Unmarshal(creation, &c)
	d.UserID, _ = base64.RawURLEncoding.DecodeString(c.UserID)
	point, err := d.key.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	public := pack(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	key := make([]byte, 16) // which device it is: none
	key = binary.BigEndian.AppendUint16(key, uint16(len(d.ID)))
	key = append(append(key, d.ID...), public...)
	object := pack(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": d.data(attested, key)})
	return marshal(map[string]string{"clientDataJSON": encode(d.client("webauthn.create", c.Challenge)), "attestationObject": encode(object)})
}

// Sign answers a Request.
func (d *Device) Sign(request []byte) []byte {
	var r struct{ Challenge string }
	_ = json.Unmarshal(request, &r)
	if d.Count > 0 {
		d.Count++
	}
	data, client := d.data(0, nil), d.client("webauthn.get", r.Challenge)
	sum := sha256.Sum256(client)
	message := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	if d.Tampered {
		message[0]++
	}
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, message[:])
	if err != nil {
		panic(err)
	}
	return marshal(map[string]string{
		"credentialId": encode(d.ID), "authenticatorData": encode(data), "clientDataJSON": encode(client), "signature": encode(signature),
		"userHandle": encode(d.UserID),
	})
}
