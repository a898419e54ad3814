package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"triage/internal/audit"
)

// Sweep asks that what the practice itself published since then is held against the
// rules.
type Sweep struct {
	Since time.Time `json:"since"`
}

// Swept is how far that is with one account. The last line of an answer has All set,
// or an Error; Failed says why one account was not read to its end.
type Swept struct {
	Platform string    `json:"platform,omitempty"`
	Account  string    `json:"account,omitempty"`
	Read     int       `json:"read"`
	Own      int       `json:"own"`
	Refused  int       `json:"refused"`
	Unread   int       `json:"unread,omitempty"`
	Alone    int       `json:"alone,omitempty"`
	Oldest   time.Time `json:"oldest,omitzero"`
	// Before: it was read to its end by the run that this one goes on with.
	Before bool   `json:"before,omitempty"`
	Done   bool   `json:"done,omitempty"`
	Failed string `json:"failed,omitempty"`
	All    bool   `json:"all,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Sweeper reads every account since then, tells how far it is, and returns when it is
// done or ctx ends. It tells from one goroutine at a time.
type Sweeper func(ctx context.Context, since time.Time, tell func(Swept)) error

// SweepReporter makes the report, as JSON. look reads every reply back before.
type SweepReporter func(ctx context.Context, look bool) ([]byte, error)

// sweep reads what we said. It ends when who asked for it leaves: asking again goes
// on with the accounts that were not finished.
func (c *control) sweep(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Sweep](r)
	if err != nil {
		return err
	}
	if in.Since.After(c.Now()) {
		return &refusal{http.StatusBadRequest, "that day is yet to come"}
	}
	act := audit.Act{Do: "sweep-ordered", Note: in.Since.UTC().Format(time.DateOnly)}
	if err := c.audited(r, who, act, func(context.Context) error { return nil }); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	tell := func(s Swept) {
		_ = lines.Encode(s) // who left ends the context
		_ = http.NewResponseController(w).Flush()
	}
	last := Swept{All: true}
	if err := c.Sweep(r.Context(), in.Since, tell); err != nil {
		last = Swept{Error: err.Error()}
	}
	tell(last)
	return nil
}

// sweepReport answers what became of what had to go.
func (c *control) sweepReport(w http.ResponseWriter, r *http.Request, who caller) error {
	body, err := c.SweepReport(r.Context(), r.URL.Query().Has("look"))
	if err != nil {
		return err
	}
	act := audit.Act{Do: "sweep-reported", Note: "sha256=" + sumOf(body)}
	return c.audited(r, who, act, func(context.Context) error {
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write(body)
		return err
	})
}

// sumOf is the SHA-256 of a report, by which the audit vouches for it.
func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
