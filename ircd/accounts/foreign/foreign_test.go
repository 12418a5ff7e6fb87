package foreign

import (
	"crypto/sha3"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

// hashed returns a hash of bcrypt.
func hashed(t testing.TB, pw []byte) string {
	t.Helper()
	b, err := bcrypt.GenerateFromPassword(pw, bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A kept is a secret as another server has it.
type kept struct {
	from   string
	secret Secret
	err    error
	pw     string
}

// all are secrets of all kinds. Those that are written out were made by other programs.
func all(t testing.TB) (list []kept) {
	t.Helper()
	add := func(from, pw string) func(Secret, error) {
		return func(s Secret, err error) { list = append(list, kept{from, s, err, pw}) }
	}
	sum := sha3.Sum512([]byte(strings.Repeat("sesame", 40)))
	add("ergo 1", strings.Repeat("sesame", 40))(Ergo(1, []byte(hashed(t, sum[:]))))
	salts := strings.Repeat("a", 30) + strings.Repeat("b", 30)
	old := hashed(t, []byte(strings.Repeat("a", 30)+"-"+strings.Repeat("b", 30)+"-sesame"))
	add("ergo 0", "sesame")(Ergo(0, []byte(salts+old)))
	for _, anope := range []string{
		"plain:c2VzYW1l",
		"md5:c8dae1c50e092f3d877192fc555b1dcf",
		"sha1:084a3501edef6845f2f1e4198ec3a2b81cf5c6bc",
		"sha256:54b8beee4c8dd16b2deefaf9b6b647d4d641b84cf64fc776a8721531f2a57a5d:6465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283",
		"hmac-sha256:171af5525bf1d1bdc0d85173a272f3c534bdc0d7bb0e9c351834b636f1eb6b80:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"bcrypt:" + hashed(t, []byte("sesame")),
		"posix:$6$saltsalt$g3uPFdehVnKoLXdidvSAg1zlVgYomPr0X/xgdXSBn2LuxZUOGgYW4IULZkguZ77fzYteIur49AGHmF9iek6Sf1",
		"argon2id:" + password.Hash(password.Cheap, "sesame"),
	} {
		add(anope[:strings.Index(anope, ":")], "sesame")(Anope(anope))
		add("ergo from anope", "sesame")(Ergo(-2, []byte(anope)))
	}
	raw := base64.RawStdEncoding.EncodeToString
	argon2i := fmt.Sprintf("$argon2i$v=19$m=64,t=1,p=1$%s$%s", raw([]byte("saltsalt")), raw(argon2.Key([]byte("sesame"), []byte("saltsalt"), 1, 64, 1, 32)))
	for _, atheme := range []string{
		"$1$saltsalt$J3RStOYaRn/5Iz9DGbAnx1",
		"$5$saltsalt$Arv3XkXcPR5LHLrzVCBdKV5hwRocYIyFvUvGa9tbc06",
		"$6$saltsalt$g3uPFdehVnKoLXdidvSAg1zlVgYomPr0X/xgdXSBn2LuxZUOGgYW4IULZkguZ77fzYteIur49AGHmF9iek6Sf1",
		"0123456789abcdef379e50b00c9be7666c68bb8d910f47afc464ac496b0973acc878e123f40f65db154cc368ae21a618f3a9ccc429e0f2cd37b6e444d4d6b2bc7d4979fd0f1d030f",
		"$z$26$1000$AAFzYWx0c2FsdA==$DwcnKLYjlExUWCDQL4AJ1yUe8UEc+jtRYWZwZR+ZqZafx/Tu9+Sg5XABThOhcFsZhKc6TFWNXZyMH1WOOKsvnA==",
		"$z$5$1000$plainsalt$XhWFhQJ7G5x6m/IVpS7B2iNFGmGV9fOlxfpA9ihTSik=",
		"$z$65$4096$AAFzYWx0c2FsdA==$4NXgZTz1MB7qseOMpLxZBlQGWvvMUBLOp9BB27SmvXE=$eUF3fu0PfpkzIXCxw+hr1RVe+GJUe2T3m8EgWdfi2+o=",
		"$anope$enc_sha256$VLi+7kyN0Wst7vr5trZH1NZBuEz2T8d2qHIVMfKlel0=$ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=",
		"$rawmd5$c8dae1c50e092f3d877192fc555b1dcf",
		"$rawsha1$084a3501edef6845f2f1e4198ec3a2b81cf5c6bc",
		"$7$86..../....somesalt$uBwueHk5M0z6QXcWYbmJpIKQSKlWb74xvabgCgl5xg2",
		"$base64$c2VzYW1l",
		argon2i,
		password.Hash(password.Cheap, "sesame"),
		hashed(t, []byte("sesame")),
	} {
		add(atheme, "sesame")(Atheme(atheme, true))
	}
	add("atheme, plain", "$1$is$mypassword")(Atheme("$1$is$mypassword", false))
	return list
}

func TestVerify(t *testing.T) {
	for _, k := range all(t) {
		if k.err != nil {
			t.Errorf("%s: %v", k.from, k.err)
			continue
		}
		if plain, ok := k.secret.Password(); ok {
			if plain != k.pw {
				t.Errorf("%s: the password is %q", k.from, plain)
			}
			continue
		}
		hash := k.secret.Keep(password.Cheap)
		verify := password.Verify
		if Is(hash) {
			verify = Verify
		}
		if !verify(hash, k.pw) || verify(hash, k.pw+"x") || verify(hash, "") {
			t.Errorf("%s: %s does not verify", k.from, hash)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", k.secret, k.secret, k.secret), k.pw) {
			t.Errorf("%s: the secret is printed", k.from)
		}
	}
}

// TestQuick: what can be tried quickly is not kept as it is.
func TestQuick(t *testing.T) {
	for _, pass := range []string{"md5:c8dae1c50e092f3d877192fc555b1dcf", "sha1:084a3501edef6845f2f1e4198ec3a2b81cf5c6bc"} {
		s, err := Anope(pass)
		if err != nil {
			t.Fatal(err)
		}
		_, digest, _ := strings.Cut(pass, ":")
		if hash := s.Keep(password.Cheap); strings.Contains(hash, digest) || !strings.Contains(hash, "$argon2id$") {
			t.Errorf("%s is kept as %s", pass, hash)
		}
	}
}

func TestScram(t *testing.T) {
	s, err := Atheme("$z$65$4096$AAFzYWx0c2FsdA==$4NXgZTz1MB7qseOMpLxZBlQGWvvMUBLOp9BB27SmvXE=$eUF3fu0PfpkzIXCxw+hr1RVe+GJUe2T3m8EgWdfi2+o=", true)
	if err != nil || s.Scram == nil || s.Scram.Iterations != 4096 || len(s.Scram.StoredKey) != 32 || len(s.Scram.Salt) != 10 {
		t.Fatal(s.Scram, err)
	}
}

func TestUnsupported(t *testing.T) {
	for _, tt := range []struct {
		secret func() (Secret, error)
		form   string
	}{
		{func() (Secret, error) { return Anope("argon2d:$argon2d$v=19$m=10,t=10,p=1$x$y") }, "argon2d"},
		{func() (Secret, error) { return Anope("oldmd5:abc") }, "oldmd5"},
		{func() (Secret, error) { return Anope("md5:abc") }, "damaged"},
		{func() (Secret, error) { return Anope("md5:00") }, "damaged"},
		{func() (Secret, error) { return Anope("hmac-sha256:00:xx") }, "damaged"},
		{func() (Secret, error) { return Anope("sha256-iv:00:00") }, "sha256-iv"},
		{func() (Secret, error) { return Anope("posix:$y$j9T$salt$key") }, "$y$"},
		{func() (Secret, error) { return Anope("sesame7") }, "without a method"},
		{func() (Secret, error) { return Anope("Sesame7 :x") }, "something unknown"},
		{func() (Secret, error) { return Atheme("abJnggxhB/yWI", true) }, "unknown kind"},
		{func() (Secret, error) { return Atheme("$ircservices$x", true) }, "ircservices"},
		{func() (Secret, error) { return Atheme("$z$77$1000$x$y", true) }, "another kind"},
		{func() (Secret, error) { return Atheme("$z$6$99000000$salt$"+strings.Repeat("A", 86)+"==", true) }, "too many iterations"},
		{func() (Secret, error) { return Atheme("$6$rounds=999999999$salt$"+strings.Repeat("a", 86), true) }, "$6$"},
		{func() (Secret, error) { return Atheme("$7$P6..../....somesalt$"+strings.Repeat("a", 43), true) }, "$7$"},
		{func() (Secret, error) { return Ergo(7, []byte("x")) }, "version 7"},
		{func() (Secret, error) { return Ergo(1, []byte("$2a$04$short")) }, "version 1"},
	} {
		_, err := tt.secret()
		var u *UnsupportedError
		if !errors.As(err, &u) || !strings.Contains(u.Form, tt.form) {
			t.Errorf("%s: %v", tt.form, err)
		}
	}
	for _, f := range []func() (Secret, error){
		func() (Secret, error) { return Ergo(1, nil) },
		func() (Secret, error) { return Anope("") },
		func() (Secret, error) { return Atheme("*", true) },
	} {
		if _, err := f(); !errors.Is(err, ErrNone) {
			t.Error(err)
		}
	}
}

// FuzzSecret tests that nothing in a file makes us panic, and that what is
// said of it can be shown.
func FuzzSecret(f *testing.F) {
	for _, s := range []string{
		"md5:c8dae1c50e092f3d877192fc555b1dcf", "$z$26$1000$AAFz$Dwcn", "$7$86..../....salt$uBwu", "$6$rounds=1000$salt$x",
		"$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$anope$enc_sha256$AA$AA", "sha256:00:11",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func() (Secret, error){
			func() (Secret, error) { return Anope(s) },
			func() (Secret, error) { return Atheme(s, true) },
			func() (Secret, error) { return Ergo(0, []byte(s)) },
			func() (Secret, error) { return Ergo(1, []byte(s)) },
		} {
			secret, err := read()
			if err != nil {
				if strings.ContainsAny(err.Error(), "\r\n\x00") {
					t.Errorf("%q", err)
				}
				continue
			}
			if _, plain := secret.Password(); !plain {
				secret.Keep(password.Cheap)
			}
		}
	})
}
