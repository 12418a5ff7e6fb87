package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
)

// An AppPassword is a password for one device or program. It is made here rather than
// chosen, so that it needs no slow hash; it logs in without a second factor, which is
// what it is for, and can be taken back alone.
type AppPassword struct {
	Name  string    `json:"name"`
	Added time.Time `json:"added"`
}

// MaxApps is how many app passwords an account may have.
const MaxApps = 20

// appPrefix tells people what they have in front of them, and saves us looking for
// others among these.
const appPrefix = "app-"

func newApp() string { return appPrefix + string(casemap.ASCII.Fold(rand.Text())) }

// AddApp makes an app password, which nobody will see again. The errors are ErrLabel,
// ErrExists and ErrLimit.
func (s *Service) AddApp(ctx context.Context, name, label string) (pw string, err error) {
	if !validLabel(label) {
		return "", ErrLabel
	}
	pw = newApp()
	_, err = s.own(ctx, name, func(rec *record, _ *batch) error {
		switch {
		case rec.AppSums[label] != nil:
			return ErrExists
		case len(rec.Apps) >= MaxApps:
			return ErrLimit
		}
		rec.Apps = append(slices.Clip(rec.Apps), AppPassword{label, s.now()})
		rec.AppSums = maps.Clone(rec.AppSums)
		if rec.AppSums == nil {
			rec.AppSums = map[string][]byte{}
		}
		rec.AppSums[label] = s.keyed(rec, "app", pw)
		return nil
	})
	return pw, err
}

// RemoveApp takes back an app password; sessions that were begun with it go on. The
// error is ErrNoSuch if there is none of that name.
func (s *Service) RemoveApp(ctx context.Context, name, label string) error {
	_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
		if rec.AppSums[label] == nil {
			return ErrNoSuch
		}
		rec.Apps = slices.DeleteFunc(slices.Clone(rec.Apps), func(a AppPassword) bool { return a.Name == label })
		rec.AppSums = maps.Clone(rec.AppSums)
		delete(rec.AppSums, label)
		return nil
	})
	return err
}

// app returns the name of the app password that pw is, or "".
func (s *Service) app(rec *record, pw string) string {
	if rec == nil || !strings.HasPrefix(pw, appPrefix) || len(rec.Apps) == 0 {
		return ""
	}
	sum := s.keyed(rec, "app", pw)
	for _, a := range rec.Apps {
		if subtle.ConstantTimeCompare(rec.AppSums[a.Name], sum) == 1 {
			return a.Name
		}
	}
	return ""
}
