package digest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// waiting is what waits for a person in a lane.
type waiting struct {
	lane respond.Lane
	n    int
	// low can wait behind the others.
	low int
	// oldest is when the oldest of them was written, closes when the next time for a
	// private message is over; zero: none is.
	oldest, closes time.Time
}

func (w *waiting) add(c *respond.Case, now time.Time) {
	w.n++
	if c.Low {
		w.low++
	}
	if made := made(c); w.oldest.IsZero() || made.Before(w.oldest) {
		w.oldest = made
	}
	until := c.Comment.PrivateUntil
	if respond.Plans[c.Lane].Private && until.After(now) && (w.closes.IsZero() || until.Before(w.closes)) {
		w.closes = until
	}
}

// now is how the desk stands.
type now struct {
	waits map[respond.Lane]*waiting
	// hand counts what could not be sent, or that a person is to look at again; proposed
	// what waits for a second person; going what goes out soon.
	hand, proposed, going int
	// closing counts the times for a private message that are over before the next digest.
	closing int
	// first is when the desk's first case was opened.
	first time.Time
}

// total counts what waits in the lanes that count: without the sample, for which nobody
// waits, and what is not judged on a platform that forbids it.
func (n *now) total() (total int) {
	for lane, w := range n.waits {
		if counted(lane) {
			total += w.n
		}
	}
	return total
}

// in is what waits in a lane.
func (n *now) in(lane respond.Lane) waiting {
	if w := n.waits[lane]; w != nil {
		return *w
	}
	return waiting{lane: lane}
}

// counted reports whether a lane belongs in figures. What is routine is about comments of
// whose writers nothing may be inferred: it is said apart and counted with nothing else.
func counted(l respond.Lane) bool { return l != respond.LaneRoutine && l != respond.LaneSample }

// standing looks over all cases; before is when the next digest comes.
func standing(cases iter.Seq[*respond.Case], at, before time.Time) *now {
	n := &now{waits: map[respond.Lane]*waiting{}}
	for c := range cases {
		if n.first.IsZero() || c.Opened.Before(n.first) {
			n.first = c.Opened
		}
		if s := c.State(); s == respond.Approved || s == respond.Sending {
			n.going++
		}
		if !c.Open() {
			continue
		}
		w := n.waits[laneOf(c)]
		if w == nil {
			w = &waiting{lane: laneOf(c)}
			n.waits[laneOf(c)] = w
		}
		w.add(c, at)
		if slices.ContainsFunc(c.Actions, respond.Action.NeedsPerson) {
			n.hand++
		}
		if _, open := c.Proposed(); open {
			n.proposed++
		}
		if until := c.Comment.PrivateUntil; respond.Plans[c.Lane].Private && within(until, at, before) {
			n.closing++
		}
	}
	return n
}

// laneOf is the case's lane; one that is not known here wants a person's look.
func laneOf(c *respond.Case) respond.Lane {
	if !slices.Contains(respond.Lanes, c.Lane) {
		return respond.LaneLook
	}
	return c.Lane
}

// made is when a comment was written, as far as that is known.
func made(c *respond.Case) time.Time {
	if c.Comment.Created.IsZero() {
		return c.Opened
	}
	return c.Comment.Created
}

// account is where a comment is.
type account struct{ platform, name string }

// period is what happened in a time.
type period struct {
	from, until time.Time
	// lanes and accounts count the cases that were opened.
	lanes    map[respond.Lane]int
	accounts map[account]int
	// routine counts those that are not judged where they are, apart from all else.
	routine int
	// approved, dismissed and handled count what people decided, harmless those of the
	// dismissed that said that the comment is not sensitive.
	approved, dismissed, handled, harmless int
	// sent counts what went out, by itself those that nobody approved; recorded what was
	// approved while posting was off, failed what the platform refused.
	sent                       map[ingest.ActionKind]int
	itself, recorded, failed   int
	toDecide, toSend, toUrgent []time.Duration
	// old were older than a week when they were found, and are in no time.
	old      int
	outcomes map[string]int
	// online is how long replies of ours that say too much were online, of those that are
	// settled; kept counts those that somebody decided to leave online.
	online []time.Duration
	kept   int
	// looked and missed are of the weekly sample.
	looked, missed int
}

func newPeriod(from, until time.Time) *period {
	return &period{from: from, until: until, lanes: map[respond.Lane]int{}, accounts: map[account]int{}, sent: map[ingest.ActionKind]int{}, outcomes: map[string]int{}}
}

func (p *period) has(t time.Time) bool { return within(t, p.from, p.until) }

func (p *period) opened() (n int) {
	for _, of := range p.lanes {
		n += of
	}
	return n
}

func (p *period) decided() int { return p.approved + p.dismissed + p.handled }

// outcomesKept is for how long after its last step it is looked whether an outcome was said
// of a case: people say it weeks later.
const outcomesKept = 90 * 24 * time.Hour

// touched reports whether anything may have happened to a case since then, as its light
// form tells.
func touched(c *respond.Case, since time.Time) bool {
	last := c.LastStep()
	return !c.Opened.Before(since) || !last.Before(since) || c.Outcome != nil && !last.Before(since.Add(-outcomesKept)) ||
		c.Lane == respond.LaneTakeDown && c.Open()
}

// sum adds up the times, which begin at since.
func (s *Source) sum(ctx context.Context, since time.Time, periods ...*period) error {
	for light := range s.Desk.Cases.All() {
		if !touched(light, since) {
			continue
		}
		c := *light
		if !c.Whole() {
			var err error
			if c, err = s.Desk.Cases.Get(ctx, light.ID()); errors.Is(err, respond.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
		}
		for _, p := range periods {
			p.add(&c)
		}
	}
	return nil
}

// add takes in a whole case.
func (p *period) add(c *respond.Case) {
	switch lane := laneOf(c); {
	case lane == respond.LaneRoutine:
		if p.has(c.Opened) {
			p.routine++
		}
		return
	case c.Sampled != "" || lane == respond.LaneSample:
		p.sampled(c)
		if lane == respond.LaneSample {
			return
		}
	case p.has(c.Opened):
		p.lanes[lane]++
		p.accounts[account{c.Comment.Platform, c.Comment.Account}]++
	}
	p.decision(c)
	p.went(c)
	p.takeDown(c)
	if c.Outcome != nil && p.has(c.Outcome.At) {
		p.outcomes[c.Outcome.Code]++
	}
}

// sampled counts a case of the sample when somebody first said what it is.
func (p *period) sampled(c *respond.Case) {
	i := slices.IndexFunc(c.History, func(e respond.Entry) bool { return e.Do == "moved" || e.Do == "dismissed" })
	if i < 0 || !p.has(c.History[i].At) {
		return
	}
	p.looked++
	if c.History[i].Do == "moved" {
		p.missed++
	}
}
