// Package send does what was approved, on the platforms: at most once, and never
// silently not. What it is about to do is stored before it is done, so that after
// a crash or an unclear answer it looks instead of doing again.
package send

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// Sender does what was approved at a desk, once its undo window has ended.
type Sender struct {
	Desk *respond.Desk
	Log  *zap.Logger

	mu     sync.Mutex
	paused map[string]time.Time // by account: nothing is sent until then
	rests  map[string]rest      // by case, after an error of our own
}

// rest is how long a case is left alone after an error of our own, such as a
// full store: it holds up no other case.
type rest struct {
	until time.Time
	times int
}

// Times the sender keeps.
const (
	lookAgain   = 10 * time.Second // after the platform could not be read, growing
	looksMost   = 10               // then a person is asked
	looksUrgent = 5                // the same where that is urgent: after five minutes
	callTime    = 45 * time.Second // one look at the platform, or one attempt
	storeTime   = 20 * time.Second // one change of a case
	restFirst   = time.Second      // after an error of our own, doubling
	restMost    = 10 * time.Minute
	accountOff  = time.Hour // after the platform asked to stop
	idleTime    = time.Minute
	atOnce      = 5 // cases of an account, before it is looked what presses now
)

// Longest is the longest that an attempt may take, from when it is stored on: before
// that is over, nobody can ask the platform what became of it.
const Longest = storeTime + callTime

// Run acts whenever something is due and whenever woken, until ctx ends. Each
// account goes at its own pace: a slow one holds up no other. An attempt under
// way is finished first. It may run again, here or elsewhere: what it knows is
// in the cases.
func (s *Sender) Run(ctx context.Context, wake <-chan struct{}) error {
	s.recall()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var g sync.WaitGroup
	defer g.Wait()
	busy, idle := map[string]bool{}, make(chan string)
	for {
		select {
		case <-ctx.Done():
			return nil
		case account := <-idle:
			delete(busy, account)
		case <-wake:
		case <-timer.C:
		}
		for account, cases := range s.due() {
			if busy[account] {
				continue
			}
			busy[account] = true
			g.Go(func() {
				s.serve(ctx, account, cases[:min(len(cases), atOnce)])
				select {
				case idle <- account:
				case <-ctx.Done():
				}
			})
		}
		timer.Reset(s.untilNext(busy))
	}
}

// Step does everything that is due now, and returns when it is done.
func (s *Sender) Step(ctx context.Context) {
	var g sync.WaitGroup
	for account, cases := range s.due() {
		g.Go(func() { s.serve(ctx, account, cases) })
	}
	g.Wait()
}

// serve works on the due cases of an account, one after the other.
func (s *Sender) serve(ctx context.Context, account string, cases []string) {
	for _, id := range cases {
		if ctx.Err() != nil {
			return
		}
		s.settle(id, s.act(ctx, account, id))
	}
}

// settle notes how working on a case went.
func (s *Sender) settle(id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || errors.Is(err, respond.ErrConflict) {
		delete(s.rests, id)
		return
	}
	if s.rests == nil {
		s.rests = map[string]rest{}
	}
	r := s.rests[id]
	wait := min(restFirst<<min(r.times, 12), restMost)
	s.rests[id] = rest{until: s.Desk.Now().Add(wait), times: r.times + 1}
	s.Log.Error("send", zap.String("case", id), zap.Duration("again_in", wait), zap.Error(err))
}

// due lists the cases with something due, by account: what is urgent first, then the
// oldest decision.
func (s *Sender) due() map[string][]string {
	now := s.Desk.Now()
	type dueCase struct {
		id     string
		urgent bool
		at     time.Time
	}
	found := map[string][]dueCase{}
	for c := range s.Desk.Lively() {
		if i, at := s.next(c); i >= 0 && !at.After(now) {
			found[c.Comment.Account] = append(found[c.Comment.Account], dueCase{c.ID(), c.Lane.Urgent(), at})
		}
	}
	due := map[string][]string{}
	for account, cases := range found {
		slices.SortFunc(cases, func(a, b dueCase) int {
			if a.urgent != b.urgent {
				if a.urgent {
					return -1
				}
				return 1
			}
			return a.at.Compare(b.at)
		})
		for _, c := range cases {
			due[account] = append(due[account], c.id)
		}
	}
	return due
}

func (s *Sender) untilNext(busy map[string]bool) time.Duration {
	wait, now := idleTime, s.Desk.Now()
	for c := range s.Desk.Lively() {
		if i, at := s.next(c); i >= 0 && !busy[c.Comment.Account] {
			wait = min(wait, max(at.Sub(now), 10*time.Millisecond))
		}
	}
	return wait
}

// next finds the action of a case to be worked on next and when: an unclear
// attempt before anything new, and in the order reply, private, hide. But while the
// reply waits the private message does not: its own time may end before.
func (s *Sender) next(c *respond.Case) (int, time.Time) {
	if !slices.ContainsFunc(c.Actions, underWay) { // nearly all
		return -1, time.Time{}
	}
	best, at, now := -1, time.Time{}, s.Desk.Rules()
	for i, a := range c.Actions {
		switch {
		case a.State == respond.Sending:
			return i, s.notBefore(c, later(a.Due, a.Intent.Started.Add(now.ReadBack)))
		case a.State == respond.Approved && now.OffFor(c, a): // withdrawn at once: it must not wait for posting to be on again
			return i, s.notBefore(c, time.Time{})
		case a.State == respond.Approved:
			due := a.Due
			if a.Held != "" && !stands(a.Held, now) {
				due = a.Approved.Add(now.Window)
			}
			if best < 0 || a.Kind == ingest.Private && due.Before(at) {
				best, at = i, due
			}
		}
	}
	return best, s.notBefore(c, at)
}

// underWay reports whether the sender has something to do about the action.
func underWay(a respond.Action) bool {
	return a.State == respond.Approved || a.State == respond.Sending
}

func (s *Sender) notBefore(c *respond.Case, at time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return later(at, s.rests[c.ID()].until)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *Sender) pausedUntil(account string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused[account]
}

// pause sends nothing from an account for a while, and returns until when.
func (s *Sender) pause(account string, least time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paused == nil {
		s.paused = map[string]time.Time{}
	}
	s.paused[account] = s.Desk.Now().Add(max(accountOff, least))
	return s.paused[account]
}

// recall begins with the pauses that the cases know of, whoever met them.
func (s *Sender) recall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused, s.rests = map[string]time.Time{}, nil
	for c := range s.Desk.Lively() {
		s.paused[c.Comment.Account] = later(s.paused[c.Comment.Account], c.Paused)
	}
}

// act works on the next action of a case, as it is now.
func (s *Sender) act(stop context.Context, account, id string) error {
	ctx := context.WithoutCancel(stop) // a stop does not cut an attempt in two
	c, err := s.Desk.Cases.Get(ctx, id)
	if err != nil {
		return err
	}
	i, at := s.next(&c)
	if i < 0 || at.After(s.Desk.Now()) {
		return nil
	}
	w := work{sender: s, c: c, i: i, actor: s.Desk.Accounts[account].Actor, stop: stop}
	if c.Actions[i].State == respond.Approved && s.Desk.Rules().OffFor(&c, c.Actions[i]) {
		return w.switchedOff(ctx)
	}
	// An attempt whose outcome is not known stays one that may be online.
	w.action().Unclear = c.Actions[i].State == respond.Sending
	if w.actor == nil {
		return w.end(ctx, respond.Manual, "", "this account cannot be acted on from here any more: please do it by hand, then mark it as handled")
	}
	content, err := s.Desk.Said(ctx, c)
	if errors.Is(err, respond.ErrGone) {
		return w.erased(ctx)
	}
	if err != nil {
		return err
	}
	w.content = content
	if c.Actions[i].State == respond.Sending {
		return w.reconcile(ctx)
	}
	return w.attempt(ctx)
}
