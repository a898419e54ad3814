package page

import (
	"context"
	"errors"
	"net/http"

	"triage/internal/audit"
)

// Recorded does something and puts it into the audit before, as done on the page by
// whoever is signed in: what cannot be written down is not done, and what then failed
// is written down too. It returns why it was not done.
func (s *Site) Recorded(r *http.Request, a audit.Act, do func(context.Context) error) error {
	a.By, a.From = VisitOf(r).User.Name, "page"
	if s.Audit != nil {
		if err := s.Audit.Append(r.Context(), a); err != nil {
			return err
		}
	}
	err := do(r.Context())
	if err == nil || s.Audit == nil {
		return err
	}
	a.Do, a.Note = "not-done", a.Do
	return errors.Join(err, s.Audit.Append(context.WithoutCancel(r.Context()), a))
}
