package main

import (
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPush sends push notifications for real: by HTTPS to a push service on this
// machine, which the configuration allows, also after the process was killed; and to
// none that it does not allow.
func TestPush(t *testing.T) {
	requests := make(chan *http.Request, 10)
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		w.WriteHeader(http.StatusCreated)
	}))
	defer service.Close()
	_, port, _ := net.SplitHostPort(service.Listener.Addr().String())
	dir := newFolder(t, quiet+`
[webpush]
delay = "0s"
ports = ["`+port+`"]
private-networks = ["127.0.0.1"]
contact = "tea@example.org"
`)
	roots := filepath.Join(dir, "roots.pem")
	writeFile(t, roots, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: service.Certificate().Raw})))
	const keys = "p256dh=BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4;auth=BTBZMqHH6r4Tts7J_aSIgg"
	endpoint := "https://127.0.0.1:" + port + "/device"

	p := launch(t, dir, "SSL_CERT_FILE="+roots)
	c := connect(t, p.address("127.0.0.1"), "alice")
	c.send("CAP REQ :draft/webpush\r\nNS REGISTER secret-tea")
	c.wait(" 900 ")
	c.send("WEBPUSH REGISTER https://127.0.0.2:" + port + "/device " + keys)
	c.wait("FAIL WEBPUSH INVALID_PARAMS REGISTER")
	c.send("WEBPUSH REGISTER " + endpoint + " " + keys)
	c.wait("WEBPUSH REGISTER " + endpoint)
	p.signal(syscall.SIGKILL)
	p.exit()

	p = launch(t, dir, "SSL_CERT_FILE="+roots)
	c = connect(t, p.address("127.0.0.1"), "ally")
	c.send("NS IDENTIFY alice secret-tea\r\nAWAY :out")
	c.wait(" 306 ")
	c = connect(t, p.address("127.0.0.1"), "bob")
	c.send("PRIVMSG ally :hello")
	r := <-requests
	if r.Method != http.MethodPost || r.URL.Path != "/device" || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("Authorization") == "" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
}
