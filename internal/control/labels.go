package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"triage/internal/people"
	"triage/internal/respond"
)

// Label is what somebody says that a case's comment is.
type Label struct {
	Case string `json:"case"`
	// Of Label only Level, Urgent and Identifier are read.
	respond.Label
}

// label is in the audit by the case's history, as what is said on the page is.
func (c *control) label(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Label](r)
	if err != nil {
		return err
	}
	if !commentID.MatchString(in.Case) {
		return errNoID
	}
	now, err := c.Cases.Label(r.Context(), in.Case, in.Label, respond.Entry{By: who.act.By, OS: who.act.OS, From: who.act.From})
	if err != nil {
		return inWords(err)
	}
	answer(w, http.StatusOK, Label{in.Case, *now.Label})
	return nil
}

// exportLabels answers labelled comments with their words: to a privacy officer
// alone. That somebody else asked is audited too.
func (c *control) exportLabels(w http.ResponseWriter, r *http.Request, who caller) error {
	who.act.Do, who.act.Note = "exported", "labels"
	if who.role != people.Officer {
		refused := who.act
		refused.Do, refused.Note = "refused", "export labels"
		return errors.Join(
			&refusal{http.StatusForbidden, fmt.Sprintf("%s (%s) may not export labels, which hold the patients' words: name a privacy officer with --as", who.act.By, who.role)},
			c.Store.Audit.Append(r.Context(), refused))
	}
	var since time.Time
	if s := r.URL.Query().Get("since"); s != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, s); err != nil {
			return &refusal{http.StatusBadRequest, "--since wants a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z"}
		}
	}
	c.pour(w, r, func() error {
		return c.audited(r, who, who.act, func(ctx context.Context) error { return c.Store.ExportLabels(ctx, w, since) })
	})
	return nil
}

var (
	errNoID   = &refusal{http.StatusBadRequest, "name a case by the 20 letters and digits of its address, such as cases/abc…"}
	errNoCase = &refusal{http.StatusNotFound, "there is no such case: look at its address"}
)

// inWords says what the desk's errors mean to whoever gave a command.
func inWords(err error) error {
	var cannot *respond.CannotError
	switch {
	case errors.Is(err, respond.ErrNotFound):
		return errNoCase
	case errors.Is(err, respond.ErrConflict):
		return &refusal{http.StatusConflict, "the case went on meanwhile: look at it as it is now"}
	case errors.As(err, &cannot):
		return &refusal{http.StatusConflict, cannot.Why}
	}
	return err
}
