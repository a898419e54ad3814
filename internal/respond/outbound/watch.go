package outbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// Watch reads back, from time to time, what is to be taken down. A case ends with
// the proof that what it is about is gone or corrected, whoever did that: a
// deletion that the platform confirmed is read back like one done by hand.
//
// Gone counts as ingest.Deletions has it: something beside it, of somebody else if
// there is, is shown before and after, the account check passes, and not more than
// five are gone at once of which nobody said that they would be.
type Watch struct {
	Desk *respond.Desk
	// Accounts are those that can be asked, by name.
	Accounts map[string]ingest.Account
	// Hand keeps and publishes what a reply says now, where that says too much too.
	Hand ingest.Emit
	// Record writes into the audit what was found of a case: a code and a Finding.
	Record func(ctx context.Context, id, code, note string) error
	// Hourly is how many calls an hour it may make at an account; one that is missing
	// has no bound.
	Hourly map[string]float64
	Log    *zap.Logger

	next   map[string]visit
	purses map[string]*purse
}

// visit is when a reply is read back next, and which of its words were found online.
type visit struct {
	at     time.Time
	step   time.Time // the case's last
	online string
}

const (
	lookEvery = time.Minute
	settled   = 2 * time.Second // after a change: platforms show it then
	// What changed lately is read back each time, what did not for a day once a day.
	fresh, stale          = time.Hour, 24 * time.Hour
	everyFresh, everyAged = 5 * time.Minute, time.Hour

	looksMost  = 50 // replies of one account that are read back at once, on their turn
	failedMost = 3  // then the platform is down
	goneMost   = 5  // more at once than people are believed to delete
	callTime   = 45 * time.Second

	// lag is how long a platform may show what it said was deleted.
	lag = 2 * time.Minute
)

// Run looks again and again, and soon after it is woken by a change, until ctx ends.
func (w *Watch) Run(ctx context.Context, wake <-chan struct{}) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for soon := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
			if !soon { // a burst that does not end puts the look off once only
				soon = true
				timer.Reset(settled)
			}
			continue
		case <-timer.C:
			soon = false
		}
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("what is to be taken down could not be read back", zap.Error(err))
		}
		timer.Reset(lookEvery)
	}
}

// Look reads back what is due.
func (w *Watch) Look(ctx context.Context) error {
	due := func(c *respond.Case, now time.Time) bool { return !Left(c) && w.due(c, now) }
	_, err := w.round(ctx, due, looksMost)
	return err
}

// LookAll reads back everything, that which is proven to be gone too. unread counts
// what it could not: the platform gave no answer, or the budget is used up.
func (w *Watch) LookAll(ctx context.Context) (unread int, err error) {
	return w.round(ctx, func(*respond.Case, time.Time) bool { return true }, math.MaxInt)
}

// round reads back what is wanted, at most so many of each account: what waits
// longest first.
func (w *Watch) round(ctx context.Context, wanted func(*respond.Case, time.Time) bool, most int) (unread int, err error) {
	if w.next == nil {
		w.next, w.purses = map[string]visit{}, map[string]*purse{}
	}
	due := map[string][]string{}
	now := w.Desk.Now()
	for c := range w.Desk.Lively() {
		if c.Comment.Own && c.Erased == "" && wanted(c, now) {
			due[c.Comment.Account] = append(due[c.Comment.Account], c.ID())
		}
	}
	var errs []error
	for account, ids := range due {
		slices.SortFunc(ids, func(a, b string) int { return cmp.Or(w.next[a].at.Compare(w.next[b].at), cmp.Compare(a, b)) })
		read := 0
		if asked, ok := w.Accounts[account]; ok {
			l := look{Watch: w, account: asked, purse: w.purse(account), sees: map[string]bool{}}
			read, err = l.run(ctx, ids[:min(len(ids), most)])
			errs = append(errs, err)
		}
		unread += len(ids) - read
	}
	return unread, errors.Join(errs...)
}

// due reports whether a case is to be looked at, as it changed or its time has come.
// What is proven to be gone is looked at once a day too, as long as its words are
// kept: it may come back.
func (w *Watch) due(c *respond.Case, now time.Time) bool {
	v, known := w.next[c.ID()]
	if Proven(c) {
		if !known || !v.step.Equal(c.LastStep()) {
			w.next[c.ID()] = visit{at: now.Add(stale), step: c.LastStep()}
			return false
		}
		return !now.Before(v.at)
	}
	return !known || !now.Before(v.at) || c.LastStep().After(v.step)
}

// later notes when to look again.
func (w *Watch) later(c respond.Case, online string) {
	v := visit{step: c.LastStep(), online: online}
	now := w.Desk.Now()
	switch age := now.Sub(v.step); {
	case Proven(&c):
		v.at = now.Add(stale)
	case age < fresh:
		v.at = now.Add(everyFresh)
	case age < stale:
		v.at = now.Add(everyAged)
	default:
		v.at = now.Add(stale)
	}
	w.next[c.ID()] = v
}

// look is one round at an account.
type look struct {
	*Watch
	account ingest.Account
	purse   *purse
	sees    map[string]bool // items beside, that were shown or not
	checked bool            // the account was asked
	healthy bool            // and its check passed
	gone    []missing
}

// missing is a reply that the platform did not show.
type missing struct {
	c    respond.Case
	said ingest.Content
	code string
}

// run reads back the replies of these cases and counts them. Three that cannot be
// read end it, and so does an empty purse.
func (l *look) run(ctx context.Context, ids []string) (read int, err error) {
	failed := 0
	var last error
	for _, id := range ids {
		if ctx.Err() != nil {
			return read, ctx.Err()
		}
		if failed >= failedMost || !l.purse.holds(l.Desk.Now()) {
			break
		}
		unread, err := l.one(ctx, id)
		if err != nil {
			return read, err
		}
		if unread == nil {
			read++
			continue
		}
		last = unread
		failed++
	}
	if last != nil {
		l.Log.Warn("a reply of ours could not be read back", zap.Int("replies", failed), zap.Error(last))
	}
	return read, l.settle(ctx)
}

// reading is what a reply of ours said, what it says, and the version of that.
type reading struct {
	said ingest.Content
	text string
	now  string
}

// one reads back the reply of a case. unread is why the platform gave no answer.
func (l *look) one(ctx context.Context, id string) (unread, err error) {
	c, err := l.Desk.Cases.Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	said, err := l.Desk.Said(ctx, c)
	if errors.Is(err, respond.ErrGone) || slices.ContainsFunc(c.Actions, func(a respond.Action) bool { return a.State == respond.Sending }) {
		return nil, nil // it is known no more, or the sender is at it
	}
	if err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	seen, unread := l.observe(ctx, said.Item)
	l.later(c, l.next[id].online)
	if unread != nil {
		return unread, nil
	}
	text, _ := ingest.Bound(seen.Text, false)
	r := reading{said, text, l.Desk.Names.Version(text)}
	switch {
	case seen.Gone:
		l.gone = append(l.gone, missing{c, said, seen.Code})
		return nil, nil
	case r.now != c.Comment.Version, c.Settled():
		return l.changed(ctx, c, r)
	}
	return nil, l.online(ctx, c)
}

func (l *look) observe(ctx context.Context, item string) (ingest.Observation, error) {
	l.purse.take()
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return l.account.Observe(call, item)
}

// online records, once for each wording and run, that it is there still.
func (l *look) online(ctx context.Context, c respond.Case) error {
	if l.next[c.ID()].online == c.Comment.Version {
		return nil
	}
	f := Finding{After: c.Comment.Version, Answer: "200", Rules: Broken(c)}
	if err := l.Record(ctx, c.ID(), Online, f.String()); err != nil {
		return fmt.Errorf("record what was read back: %w", err)
	}
	l.later(c, c.Comment.Version)
	return nil
}
