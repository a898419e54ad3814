package store

import (
	"cmp"
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/respond"
)

// Journal is the audit's stream as the audit sees it.
type Journal struct{ log *bus.Journal }

// Append implements audit.Journal.
func (j Journal) Append(ctx context.Context, after uint64, entries []audit.Entry) (uint64, error) {
	records := make([]bus.Record, len(entries))
	for i, e := range entries {
		records[i] = bus.Record{Key: e.Key, Data: e.Data}
	}
	last, err := j.log.Append(ctx, after, records)
	if errors.Is(err, bus.ErrConflict) {
		return last, audit.ErrConflict
	}
	return last, err
}

// Last implements audit.Journal.
func (j Journal) Last(ctx context.Context) (uint64, audit.Entry, error) {
	n, r, err := j.log.Last(ctx)
	return n, entry(r), err
}

// LastOf implements audit.Journal.
func (j Journal) LastOf(ctx context.Context, key string) (audit.Entry, error) {
	r, err := j.log.LastOf(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return audit.Entry{}, audit.ErrNotFound
	}
	return entry(r), err
}

// Each implements audit.Journal.
func (j Journal) Each(ctx context.Context, from uint64, f func(uint64, audit.Entry) error) error {
	return j.log.Each(ctx, from, func(n uint64, r bus.Record) error { return f(n, entry(r)) })
}

func entry(r bus.Record) audit.Entry { return audit.Entry{Key: r.Key, Data: r.Data} }

// auditReader is the reader of the cases that brings their histories into the
// audit.
const auditReader = "audit"

// KeepAudited brings what happens to cases into the audit until ctx ends. The
// case holds its history with the act itself, so nothing can happen without it;
// here it is chained, each entry once, however often a case is handed over.
func (s *Store) KeepAudited(ctx context.Context) error {
	return s.Cases.bucket.Changes().Consume(ctx, bus.Reader[kept]{
		Name: auditReader,
		Handle: func(ctx context.Context, cases []kept) error {
			// Side by side, since the audit writes together what comes together.
			g, ctx := errgroup.WithContext(ctx)
			g.SetLimit(len(cases))
			for _, c := range cases {
				g.Go(func() error { return s.project(ctx, *c.whole) })
			}
			return g.Wait()
		},
	})
}

// AuditFlow is how many changes of cases wait for the audit and how many reached
// it.
func (s *Store) AuditFlow(ctx context.Context) (waiting, through uint64, err error) {
	return s.Cases.bucket.Changes().Flow(ctx, auditReader)
}

// project gives to the audit what is new in a case's history. Entries that are
// in the audit may be gone from the history; later ones are not.
func (s *Store) project(ctx context.Context, c respond.Case) error {
	history, done := c.Numbered(), 0
	if n := len(history); n > 0 && history[n-1].N != n {
		var err error
		if done, err = s.Audit.Projected(ctx, c.ID()); err != nil {
			return err
		}
	}
	var acts []audit.Act
	for _, e := range history {
		if e.N > done {
			acts = append(acts, audit.Act{At: e.At, By: e.By, OS: e.OS, From: from(e), Do: e.Do, On: c.ID(), Note: e.Note})
		}
	}
	if len(acts) == 0 {
		return nil
	}
	return s.Audit.Project(ctx, c.ID(), done, acts)
}

// from is where an entry of a case was made: people decide on the page, if it
// does not say otherwise.
func from(e respond.Entry) string {
	if e.By == respond.Machine {
		return "service"
	}
	return cmp.Or(e.From, "page")
}

// Audited is up to which number the history of a case is in the audit.
func (s *Store) Audited(ctx context.Context, id string) int {
	n, err := s.Audit.Projected(ctx, id)
	if err != nil {
		return 0 // as far as is known
	}
	return n
}

// Verify checks the whole audit against the checkpoints.
func (s *Store) Verify(ctx context.Context, key []byte, checkpoints io.Reader) (audit.Report, error) {
	return audit.Verify(ctx, s.journal, key, checkpoints)
}
