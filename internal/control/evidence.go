package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/store"
)

// verify reads checkpoints and answers whether the audit is whole.
func (c *control) verify(w http.ResponseWriter, r *http.Request, _ caller) error {
	report, err := c.Store.Verify(r.Context(), c.AuditKey, r.Body)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, report)
	return nil
}

// export answers the audit's records of a time.
func (c *control) export(w http.ResponseWriter, r *http.Request, who caller) error {
	q := r.URL.Query()
	o := audit.ExportOptions{Format: q.Get("format"), Policy: c.Policy}
	for key, to := range map[string]*time.Time{"from": &o.From, "to": &o.To} {
		if q.Get(key) == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, q.Get(key))
		if err != nil {
			return &refusal{http.StatusBadRequest, "--" + key + " wants a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z"}
		}
		*to = t
	}
	who.act.Do, who.act.Note = "exported", "audit"
	c.stream(w, r, who, func(ctx context.Context) error { return c.Store.Audit.Export(ctx, w, o) })
	return nil
}

// backup answers one part of a backup.
func (c *control) backup(w http.ResponseWriter, r *http.Request, who caller) error {
	part := store.Part(r.PathValue("part"))
	if part != store.DataPart && part != store.KeysPart {
		return &refusal{http.StatusNotFound, "a backup has the parts data and keys"}
	}
	who.act.Do, who.act.Note = "backup-made", string(part)
	c.stream(w, r, who, func(ctx context.Context) error {
		return c.Store.Backup(ctx, w, store.Backup{Part: part, Practice: c.Practice, Key: c.BackupKey})
	})
	return nil
}

// Failure is the trailer that says why an answer ends before its end.
const Failure = "Triage-Failure"

// stream answers what write writes, once who is in the audit.
func (c *control) stream(w http.ResponseWriter, r *http.Request, who caller, write func(context.Context) error) {
	give := func() error { return c.audited(r, who, who.act, write) }
	if errors.Is(c.Store.Audit.Trouble(), audit.ErrBroken) { // then above all it must be possible
		give = func() error { return write(r.Context()) }
	}
	c.pour(w, r, give)
}

// pour answers what write writes. If that fails half-way the trailer says so.
func (c *control) pour(w http.ResponseWriter, r *http.Request, write func() error) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Trailer", Failure)
	if err := write(); err != nil {
		c.Log.Error("command failed half-way", zap.String("command", r.Pattern), zap.Error(err))
		w.Header().Set(Failure, err.Error())
	}
}

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
