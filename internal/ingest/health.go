package ingest

import "time"

// Health is how reading one account goes.
type Health struct {
	Platform string `json:"platform"`
	Account  string `json:"account"`
	// LastOK is when a sweep last succeeded; zero: none has since the start.
	LastOK time.Time `json:"last_ok,omitzero"`
	// Since is when the present trouble began; zero: there is none.
	Since time.Time `json:"since,omitzero"`
	// Why tells the trouble in a sentence, with what to do.
	Why string `json:"why,omitempty"`
	// Comments counts those handed on since the start.
	Comments int64 `json:"comments"`
}

// OK reports whether the account answers.
func (h Health) OK() bool { return h.Since.IsZero() && !h.LastOK.IsZero() }
