package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"go.uber.org/zap"

	"triage/internal/respond"
	"triage/internal/review/say"
)

// Refusal is an error that is answered with a sentence of its own: what
// happened, what it means, what to do. Title and Say are sentences of the source.
type Refusal struct {
	Status     int
	Title, Say string
}

// Error implements error.
func (e *Refusal) Error() string { return e.Title }

// The refusals that need nothing but a page.
var (
	ErrSignIn = &Refusal{http.StatusUnauthorized, "Signed out",
		"You were signed out. What you typed is still on this page: sign in again in another tab, then go on here."}
	ErrGoBack = &Refusal{http.StatusUnauthorized, "Signed out",
		"You were signed out before this arrived, so nothing was changed. What you typed is not lost: sign in in another tab, then go back to the page before this one and press the button again."}
	ErrRole = &Refusal{http.StatusForbidden, "Not yours to do",
		"Your role does not allow this. Nothing was changed. Ask an admin of the practice if it should."}
	ErrSecond = &Refusal{http.StatusForbidden, "A second step is needed",
		"Your role signs in with two steps by now, and you have only a password. Nothing was changed. Set up a second step in your account, then try again."}
	ErrForeign = &Refusal{http.StatusForbidden, "Refused",
		"This request came from another site and was refused. Nothing was changed. If you pressed a button on this desk, load the page again and press it once more."}
	ErrNowhere = &Refusal{http.StatusNotFound, "No such page",
		"There is no page at this address. Go back to the queue."}
	ErrNoCase = &Refusal{http.StatusNotFound, "No such case",
		"There is no such case. It may have been erased: then nothing more will be done about it. Go back to the queue."}
	ErrTooLong = &Refusal{http.StatusRequestEntityTooLarge, "Too long",
		"This is far longer than any platform takes. Nothing was changed. Go back and shorten it."}
	ErrForm = &Refusal{http.StatusBadRequest, "Not understood",
		"The form did not arrive whole. Nothing was changed. Go back, load the page again and try once more."}
	ErrInside = &Refusal{http.StatusInternalServerError, "Something went wrong here",
		"This did not work, and the fault is ours. Look at the case before you try again: it says what was recorded. If it happens again, tell whoever looks after triage."}
)

// refusalOf finds what to say about an error.
func refusalOf(err error) *Refusal {
	var own *Refusal
	var size *http.MaxBytesError
	var cannot *respond.CannotError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &size):
		return ErrTooLong
	case errors.As(err, &cannot):
		return &Refusal{http.StatusUnprocessableEntity, "Not possible", cannot.Why}
	case errors.Is(err, respond.ErrNotFound):
		return ErrNoCase
	}
	return ErrInside
}

// messagePage says one thing.
type messagePage struct {
	Frame
	Say string
}

// Fail answers an error: the reader gets a sentence, the log the cause.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	no, v := refusalOf(err), VisitOf(r)
	if v.Words == nil { // before the guard
		v.Words = say.In(say.English)
	}
	if no.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.Error("a page failed", zap.String("route", r.Pattern), zap.String("case", CaseID(r)),
			zap.String("user", v.User.Name), zap.Error(err))
	}
	words := v.Words.Whole(no.Say)
	if v.data {
		s.Answer(w, no.Status, struct {
			Error string `json:"error"`
		}{words})
		return
	}
	page := messagePage{Frame: s.Frame(r, v.Words.Say(no.Title)), Say: words}
	if err := s.Render(w, r, no.Status, "message", page); err != nil {
		s.Log.Error("a page failed", zap.String("route", "message"), zap.Error(err))
		http.Error(w, words, no.Status)
	}
}

// Form reads the form of a POST.
func Form(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		var size *http.MaxBytesError
		if errors.As(err, &size) {
			return err
		}
		return fmt.Errorf("%w: %T", ErrForm, err) // the cause may quote what was typed
	}
	return nil
}
