package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"triage/internal/audit"
	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/outbound"
)

// sweeper answers the commands about our own old replies, beside the running service
// or alone. It reads with clients of its own.
type sweeper struct {
	*service
	st *opened
	// all are the accounts that the service reads; nil: it is stopped.
	all  accounts
	busy sync.Mutex
}

func (s *service) sweeper(st *opened, all accounts) *sweeper {
	return &sweeper{service: s, st: st, all: all}
}

// desk is as much of one as finding and settling take-downs needs.
func (w *sweeper) desk() (*respond.Desk, error) {
	gate, err := respond.NewGate(w.cfg.gateOptions())
	if err != nil {
		return nil, err
	}
	return &respond.Desk{
		Cases: w.st.Cases, Texts: w.st.Texts, Gate: gate, Names: w.st.names, Newest: w.st.Comments.Newest, Kept: w.st.Said,
		Erased: w.st.Gone.Has, Audited: w.st.Audited, Log: w.log.Named("sweep"), Now: time.Now,
	}, nil
}

// clientOf opens a client with the tokens that the service uses.
func (w *sweeper) clientOf(s section) (client, error) {
	return s.open(clientParts{log: w.log.Named("sweep"), names: w.st.names, tokens: w.cfg.tokens(s, w.st.Grants, w.log)})
}

var errSweeping = errors.New("a sweep is under way: wait until it is done, or stop the command that began it")

// run implements control.Sweeper: all accounts side by side, since each waits for a
// platform of its own. One that fails ends no other.
func (w *sweeper) run(ctx context.Context, since time.Time, tell func(control.Swept)) error {
	if !w.busy.TryLock() {
		return errSweeping
	}
	defer w.busy.Unlock()
	desk, err := w.desk()
	if err != nil {
		return err
	}
	before, err := w.finished(ctx, since)
	if err != nil {
		return err
	}
	say := oneByOne(tell)
	var g errgroup.Group
	var failed atomic.Bool
	for _, section := range w.cfg.sections() {
		told := control.Swept{Platform: section.platform, Account: section.Name}
		if before[section.Name] {
			told.Before, told.Done = true, true
			say(told)
			continue
		}
		g.Go(func() error {
			if w.account(ctx, desk, section, since, say) != nil {
				failed.Store(true)
			}
			return nil
		})
	}
	_ = g.Wait()
	if ctx.Err() != nil {
		return errors.New("it was stopped: the same command goes on with the accounts that were not finished")
	}
	if failed.Load() {
		return nil // said of the account, and the next run goes on with it
	}
	return w.note(ctx, audit.Act{Do: "sweep-done", Note: dayOf(since)})
}

// oneByOne lets tell be called from several goroutines.
func oneByOne(tell func(control.Swept)) func(control.Swept) {
	var mu sync.Mutex
	return func(s control.Swept) {
		mu.Lock()
		defer mu.Unlock()
		tell(s)
	}
}

// account reads one account, and writes into the audit how far.
func (w *sweeper) account(ctx context.Context, desk *respond.Desk, section section, since time.Time, say func(control.Swept)) error {
	one := control.Swept{Platform: section.platform, Account: section.Name}
	tally, err := w.read(ctx, desk, section, since, func(t outbound.Tally) {
		fill(&one, t)
		say(one)
	})
	fill(&one, tally)
	act := audit.Act{Do: "sweep-read", On: section.Name, Note: "since=" + dayOf(since) + " " + tallied(tally)}
	if err != nil {
		one.Failed = "something of our own failed: see the log"
		var read *ingest.ReadError
		if errors.As(err, &read) {
			one.Failed = strings.TrimSuffix(read.Why, "; nothing to do, reading goes on by itself")
		}
		act.Do = "sweep-failed"
		w.log.Warn("a sweep of our own replies failed", zap.String("account", section.Name), zap.Error(err))
	}
	if noted := w.note(context.WithoutCancel(ctx), act); noted != nil && err == nil {
		err, one.Failed = noted, "the audit does not take it: see the log"
	}
	one.Done = err == nil
	say(one)
	return err
}

func (w *sweeper) note(ctx context.Context, a audit.Act) error {
	a.By, a.From = respond.Machine, "service"
	if w.all == nil {
		a.From = "command"
	}
	return w.st.Audit.Append(ctx, a)
}

func (w *sweeper) read(ctx context.Context, desk *respond.Desk, section section, since time.Time, progress func(outbound.Tally)) (outbound.Tally, error) {
	c, err := w.clientOf(section)
	if err != nil {
		return outbound.Tally{}, err
	}
	s := outbound.Sweep{
		Platform: section.platform, Account: section.Name, Client: c, Desk: desk, Keep: w.st.Texts.Keep, Publish: w.st.Comments.Publish,
		Progress: progress, Afford: w.afford(section, c),
	}
	return s.Run(ctx, since)
}

// hourly is how many calls an hour may be made at the account on average.
func (s section) hourly() float64 {
	if s.Budget > 0 {
		return float64(s.Budget)
	}
	return 2 / s.Every.Hours() // as ingest.Poller has it
}

// afford keeps within half of the account's budget, and counts what is spent against
// that of the poller.
func (w *sweeper) afford(section section, c client) func(context.Context) error {
	metered, ok := c.(ingest.Metered)
	if !ok {
		return func(ctx context.Context) error { return ctx.Err() }
	}
	r := outbound.Ration{Meter: metered, Hourly: section.hourly(), Now: time.Now}
	spent := int64(0)
	return func(ctx context.Context) error {
		if one, reads := w.all[section.Name]; reads && one.aside != nil {
			calls := metered.Meter().Calls
			one.aside.Add(calls - spent)
			spent = calls
		}
		return r.Afford(ctx)
	}
}

// goesOn is for how long a sweep that was cut short is gone on with, and not begun anew.
const goesOn = 7 * 24 * time.Hour

// finished are the accounts that were read to their end since that day already, in
// runs that were cut short.
func (w *sweeper) finished(ctx context.Context, since time.Time) (map[string]bool, error) {
	read := map[string]bool{}
	err := w.records(ctx, func(r audit.Record) {
		switch day, _ := sinceOf(r.Note); {
		case r.Do == "sweep-done":
			clear(read)
		case r.Do == "sweep-read" && day == dayOf(since) && time.Since(r.At) < goesOn:
			read[r.On] = true
		}
	})
	return read, err
}

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// sinceOf is from which day on an account was read, by the record of it; the rest is
// its tally.
func sinceOf(note string) (day, tally string) {
	day, tally, _ = strings.Cut(note, " ")
	return strings.TrimPrefix(day, "since="), tally
}

// records goes over the audit.
func (w *sweeper) records(ctx context.Context, each func(audit.Record)) error {
	from, to := io.Pipe()
	go func() { to.CloseWithError(w.st.Audit.Export(ctx, to, audit.ExportOptions{Format: "jsonl"})) }()
	defer func() { _ = from.Close() }()
	lines := json.NewDecoder(from)
	var head audit.Header
	if err := lines.Decode(&head); err != nil {
		return fmt.Errorf("read the audit: %w", err)
	}
	for {
		var r audit.Record
		err := lines.Decode(&r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the audit: %w", err)
		}
		each(r)
	}
}

// tallied is a tally in the audit, parsed by tallyOf.
func tallied(t outbound.Tally) string {
	s := fmt.Sprintf("read=%d own=%d refused=%d unread=%d alone=%d", t.Read, t.Own, t.Refused, t.Unread, t.Alone)
	if !t.Oldest.IsZero() {
		s += " oldest=" + t.Oldest.UTC().Format(time.DateOnly)
	}
	return s
}

func tallyOf(note string) (t outbound.Tally) {
	into := map[string]*int{"read": &t.Read, "own": &t.Own, "refused": &t.Refused, "unread": &t.Unread, "alone": &t.Alone}
	for _, part := range strings.Fields(note) {
		key, value, _ := strings.Cut(part, "=")
		if n, ok := into[key]; ok {
			*n, _ = strconv.Atoi(value)
		} else if key == "oldest" {
			t.Oldest, _ = time.Parse(time.DateOnly, value)
		}
	}
	return t
}

// watch follows what is to be taken down, with these accounts.
func (w *sweeper) watch(desk *respond.Desk, asked map[string]ingest.Account) *outbound.Watch {
	hourly := map[string]float64{}
	for _, s := range w.cfg.sections() {
		hourly[s.Name] = s.hourly() / 2
	}
	return &outbound.Watch{
		Desk: desk, Accounts: asked, Hourly: hourly, Log: w.log.Named("watch"),
		Hand: func(ctx context.Context, batch []ingest.Comment) error {
			if err := w.st.Texts.Keep(ctx, batch); err != nil {
				return err
			}
			return w.st.Comments.Publish(ctx, batch)
		},
		Record: func(ctx context.Context, id, code, note string) error {
			return w.note(ctx, audit.Act{Do: code, On: id, Note: note})
		},
	}
}

// asked are the accounts that can be asked for single comments.
func (a accounts) asked() map[string]ingest.Account {
	out := map[string]ingest.Account{}
	for name, one := range a {
		if asked, ok := one.actor.(ingest.Account); ok {
			out[name] = asked
		}
	}
	return out
}

func fill(s *control.Swept, t outbound.Tally) {
	s.Read, s.Own, s.Refused, s.Unread, s.Alone, s.Oldest = t.Read, t.Own, t.Refused, t.Unread, t.Alone, t.Oldest
}
