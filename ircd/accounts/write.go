package accounts

import "github.com/parley-irc/parley/ircd/mail"

// Write sends a letter to the owner of an account, for which it does not wait. The
// errors are ErrNotFound, ErrNoMail if there is no address that is known to be the
// owner's, or no mail at all, and ErrMail.
func (s *Service) Write(name string, letter func(a mail.About) mail.Letter) error {
	rec := s.index.resolve(name)
	switch {
	case rec == nil:
		return ErrNotFound
	case !s.Mails() || rec.Email == "" || !rec.Confirmed:
		return ErrNoMail
	}
	l := letter(s.about(rec, rec.Email))
	return s.post(&l)
}
