package ingest

import (
	"context"
	"time"
)

// Health is how reading one account goes.
type Health struct {
	Platform string `json:"platform"`
	Account  string `json:"account"`
	// LastOK is when a look last succeeded; zero: none has since the start.
	LastOK time.Time `json:"last_ok,omitzero"`
	// Since is when the present trouble began; zero: there is none.
	Since time.Time `json:"since,omitzero"`
	// Why tells the trouble in a sentence, with what to do. Without trouble it may
	// say that comments are looked for less often.
	Why string `json:"why,omitempty"`
	// Stuck: no answer failed. Nobody reads the account, or the present look at it does
	// not come to its end.
	Stuck bool `json:"stuck,omitempty"`
	// Gap is the time that is meant to pass from one good look to the end of the next; 0:
	// that is not known.
	Gap time.Duration `json:"gap,omitempty"`
	// Skew is how far the platform's clock is ahead of the reader's; 0: it does not say.
	Skew time.Duration `json:"skew,omitempty"`
	// Expires is when the account's token ends; zero: never, or it is not told.
	Expires time.Time `json:"expires,omitzero"`
	// Lacks are the permissions that the account's token does not have.
	Lacks []string `json:"lacks,omitempty"`
	// Comments counts those handed on since the start.
	Comments int64 `json:"comments"`
	// Withheld are the ids of comments that went all at once. None of them is
	// erased, nor any other of the account, until each was seen again, a person
	// erased it, or its words are not kept any more.
	Withheld []string `json:"withheld,omitempty"`
	// Backfill is how reading what was written long ago goes.
	Backfill Backfill `json:"backfill,omitzero"`
}

// OK reports whether the account answers.
func (h Health) OK() bool { return h.Since.IsZero() && !h.LastOK.IsZero() }

// Finding is one thing that an account check looked at. What says what was
// found and Mend what to do about it; neither holds a token, text or address.
type Finding struct {
	OK         bool
	What, Mend string
}

// Permitted is an account that can tell for how long it may do what it does.
type Permitted interface {
	// Permit asks the platform. An error means that nothing is known.
	Permit(ctx context.Context) (Permit, error)
}

// Permit is what an account may do, and until when.
type Permit struct {
	// Expires is when the token ends without anybody doing anything; zero: it
	// does not end by time.
	Expires time.Time
	// Lacks are the permissions that are needed and missing, as the platform
	// names them.
	Lacks []string
}
