package control

import (
	"context"
	"net/http"
)

// Report is a summary without words of anybody.
type Report struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Reporter writes a summary of now or, weekly, of the last week, in a language; empty: the
// practice's.
type Reporter func(ctx context.Context, weekly bool, lang string) Report

func (c *control) report(w http.ResponseWriter, r *http.Request, _ caller) error {
	if c.Report == nil {
		return &refusal{http.StatusNotFound, "this service writes no report"}
	}
	q := r.URL.Query()
	answer(w, http.StatusOK, c.Report(r.Context(), q.Get("week") != "", q.Get("lang")))
	return nil
}
