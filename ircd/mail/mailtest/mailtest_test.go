package mailtest

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/mail"
)

func TestBox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &Box{}
		m := mail.New(mail.Options{Transport: box, From: "noreply@tea.example", Network: "Tea"})
		defer m.Close()
		if err := m.Send(mail.Reset(mail.About{To: "alice@example.org", Network: "Tea", Account: "alice"}, "c0de", time.Now().Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		l, ok := box.Take("alice@example.org")
		if !ok || l.Subject != "Another password for your account on Tea" || !slices.Contains(l.Lines, "/msg NickServ RESETPASS alice c0de <new password>") {
			t.Errorf("%q, %v, %d left", l, ok, box.Len())
		}
	})
}
