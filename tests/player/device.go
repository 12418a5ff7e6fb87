package player

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// pushHost is where the devices of a conversation are, at a push service of the
// player's own. Like the parser, it shares no code with the server, so that a mistake
// in the encryption cannot hide in both.
const pushHost = "push.example"

// A device hears what it is sent by push notifications, as a client hears lines.
type device struct {
	*client
	key  *ecdh.PrivateKey
	auth []byte
}

// devices are the push service.
type devices struct {
	mu     sync.Mutex
	of     map[string]*device
	status map[string]int // of the answer, if it is none of success
}

// add returns a device that is not known yet. Its keys come from its name.
func (d *devices) add(name string) (*device, error) {
	secret := sha256.Sum256([]byte(name))
	key, err := ecdh.P256().NewPrivateKey(secret[:])
	if err != nil {
		return nil, err
	}
	c := &client{name: name, raw: true}
	c.cond.L = &c.mu
	c.conn, _ = net.Pipe() // which nobody uses
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil {
		d.of, d.status = map[string]*device{}, map[string]int{}
	}
	d.of[name] = &device{c, key, secret[:16]}
	return d.of[name], nil
}

// endpoint and keys are what the owner's client tells the server.
func (d *device) endpoint() string { return "https://" + pushHost + "/" + d.name }

func (d *device) keys() string {
	return "p256dh=" + base64.RawURLEncoding.EncodeToString(d.key.PublicKey().Bytes()) + ";auth=" + base64.RawURLEncoding.EncodeToString(d.auth)
}

// answer says how the push service answers from now on.
func (d *devices) answer(name, how string) error {
	status, ok := map[string]int{"well": 0, "gone": http.StatusGone, "busy": http.StatusServiceUnavailable, "moved": http.StatusFound}[how]
	if !ok {
		return fmt.Errorf("a device is not %s", how)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status[name] = status
	return nil
}

// Do implements push.Client.
func (d *devices) Do(r *http.Request) (*http.Response, error) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	d.mu.Lock()
	device, status := d.of[name], d.status[name]
	d.mu.Unlock()
	if device == nil {
		status = http.StatusNotFound
	}
	if status == 0 {
		status = http.StatusCreated
		if line, err := device.read(r); err != nil {
			device.hear(":push.example ERROR :" + err.Error() + "\r\n")
		} else {
			device.hear(line + "\r\n")
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func (d *device) read(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return "", err
	case r.Method != http.MethodPost, r.URL.Host != pushHost, r.URL.Scheme != "https":
		return "", fmt.Errorf("it is a %s to %s", r.Method, r.URL)
	case r.Header.Get("Content-Encoding") != "aes128gcm", r.Header.Get("TTL") == "", r.Header.Get("Topic") == "":
		return "", fmt.Errorf("a header is missing: %v", r.Header)
	}
	if err := signed(r.Header.Get("Authorization")); err != nil {
		return "", err
	}
	line, err := d.decrypt(body)
	return string(line), err
}

// decrypt is https://www.rfc-editor.org/rfc/rfc8291#section-3.4
func (d *device) decrypt(body []byte) ([]byte, error) {
	if len(body) < 86 || len(body) > 4096 || body[20] != 65 {
		return nil, fmt.Errorf("a body of %d bytes", len(body))
	}
	salt, theirs, sealed := body[:16], body[21:86], body[86:]
	public, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	shared, err := d.key.ECDH(public)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(d.key.PublicKey().Bytes()) + string(theirs)
	ikm, err := hkdf.Key(sha256.New, shared, d.auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err1 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, err2 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, err3 := aes.NewCipher(key)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	text, ok := strings.CutSuffix(strings.TrimRight(string(plain), "\x00"), "\x02")
	if !ok {
		return nil, errors.New("there is no end of the record")
	}
	return []byte(text), nil
}

// signed checks https://www.rfc-editor.org/rfc/rfc8292#section-2
func signed(authorization string) error {
	token, k, ok := strings.Cut(strings.TrimPrefix(authorization, "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 {
		return fmt.Errorf("it is authorised by %q", authorization)
	}
	point, err1 := base64.RawURLEncoding.DecodeString(k)
	signature, err2 := base64.RawURLEncoding.DecodeString(parts[2])
	claims, err3 := base64.RawURLEncoding.DecodeString(parts[1])
	if err := errors.Join(err1, err2, err3); err != nil || len(signature) != 64 {
		return fmt.Errorf("the token is malformed: %w", err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the signature is wrong")
	}
	var c struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(claims, &c); err != nil {
		return err
	}
	if left := time.Until(time.Unix(c.Exp, 0)); c.Aud != "https://"+pushHost || left < 0 || left > 24*time.Hour || !strings.Contains(c.Sub, ":") {
		return fmt.Errorf("the token says %s", claims)
	}
	return nil
}
