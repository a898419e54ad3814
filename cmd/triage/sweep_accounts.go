package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"triage/internal/audit"
	"triage/internal/ingest"
)

// accountNamed is an account's platform, and that as people write it.
type accountNamed struct{ platform, name string }

// names are those of the configured accounts.
func (w *sweeper) names() (map[string]accountNamed, error) {
	out := map[string]accountNamed{}
	for _, s := range w.cfg.sections() {
		c, err := w.clientOf(s)
		if err != nil {
			return nil, err
		}
		out[s.Name] = accountNamed{s.platform, c.Capabilities().Name}
	}
	return out, nil
}

// sweptAccounts gathers from the audit how far each account was swept last.
type sweptAccounts map[string]sweptAccount

func (s sweptAccounts) see(r audit.Record) {
	if r.Do != "sweep-read" && r.Do != "sweep-failed" {
		return
	}
	since, tally := sinceOf(r.Note)
	t := tallyOf(tally)
	s[r.On] = sweptAccount{
		Account: r.On, Since: since, Ended: r.At, Whole: r.Do == "sweep-read",
		Read: t.Read, Own: t.Own, Refused: t.Refused, Unread: t.Unread, Alone: t.Alone, Oldest: t.Oldest,
		Record: auditEnd{Record: r.N, Hash: r.MAC},
	}
}

func (s sweptAccounts) list(names map[string]accountNamed) []sweptAccount {
	out := []sweptAccount{}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		one := s[name]
		one.Platform, one.Name = names[name].platform, names[name].name
		out = append(out, one)
	}
	return out
}

// lookAll reads everything that had to go back from its platform, and counts what
// could not be read.
func (w *sweeper) lookAll(ctx context.Context) (unread int, err error) {
	desk, err := w.desk()
	if err != nil {
		return 0, err
	}
	asked := map[string]ingest.Account{}
	for _, s := range w.cfg.sections() {
		c, err := w.clientOf(s)
		if err != nil {
			return 0, err
		}
		asked[s.Name] = c
	}
	return w.watch(desk, asked).LookAll(ctx)
}

// auditWait is how long a report waits until what was done is in the audit.
const auditWait = 20 * time.Second

// audited waits until what happened to cases is in the audit, and brings it there
// where no service does.
func (w *sweeper) audited(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, auditWait)
	defer cancel()
	if w.all == nil {
		kept := make(chan struct{})
		keep, end := context.WithCancel(ctx)
		go func() {
			defer close(kept)
			_ = w.st.KeepAudited(keep) // what is left of it waits for the service
		}()
		defer func() { end(); <-kept }()
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		waiting, _, err := w.st.AuditFlow(ctx)
		if err == nil && waiting == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(errors.New("what was done does not reach the audit: see the log, and try again"), err)
		case <-tick.C:
		}
	}
}
