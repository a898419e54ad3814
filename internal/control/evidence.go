package control

import (
	"context"
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
