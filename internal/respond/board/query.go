package board

import (
	"slices"
	"time"

	"triage/internal/respond"
)

// Nobody is the assignee of cases that are nobody's, in a Query.
const Nobody = "-"

// Query says what is listed. What is empty lets everything through.
type Query struct {
	// State is the heading; empty: the queue.
	State State
	// Lane is one; empty: all but the weekly sample, which is only where it is asked
	// for.
	Lane              respond.Lane
	Platform, Account string
	// Assignee is a user, or Nobody.
	Assignee string
	// From and To bound when the comment was written: not before, and before.
	From, To time.Time
}

// List is a part of what a Query lists.
type List struct {
	Cards []Card
	// First is as the how many-th the first of them stands, from 0; All is how many
	// there are.
	First, All int
	// Mark stands for how the list is, for Fresh.
	Mark int64
}

// List returns at most so many cards from the given place on.
func (b *Board) List(q Query, first, most int) List {
	defer b.look()()
	l := b.list(q.State)
	out := List{First: max(0, first), Mark: b.newest}
	if n := len(l.entries); l.newestFirst && n > 0 {
		out.Mark = l.entries[n-1].step
	}
	pass := b.filter(q)
	b.each(q, func(e *entry) bool {
		if pass.takes(e) {
			if out.All >= out.First && len(out.Cards) < most {
				out.Cards = append(out.Cards, b.card(e.record))
			}
			out.All++
		}
		return true
	})
	out.First = min(out.First, out.All)
	return out
}

// Fresh counts what came into a list since it had this mark.
func (b *Board) Fresh(q Query, mark int64) (n int) {
	defer b.look()()
	pass := b.filter(q)
	b.each(q, func(e *entry) bool {
		came := e.opened
		if q.State != Needs {
			if came = e.step; came <= mark {
				return false // and all that follow
			}
		}
		if came > mark && pass.takes(e) {
			n++
		}
		return true
	})
	return n
}

// Beside are the ids of the cases before and after one in a list. For one that is not
// in it there is none before, and the list's first comes after.
func (b *Board) Beside(q Query, id string) (before, after string) {
	defer b.look()()
	l, pass := b.list(q.State), b.filter(q)
	next := func(from, step int) string {
		for i := from; i >= 0 && i < len(l.entries); i += step {
			if e := l.at(i); pass.takes(e) {
				return e.id
			}
		}
		return ""
	}
	if r := b.records[id]; r != nil && r.listed == numberOf(q.State) {
		if i, found := l.find(r); found && pass.takes(&l.entries[i]) {
			i = l.place(i)
			return next(i-1, -1), next(i+1, 1)
		}
	}
	return "", next(0, 1)
}

// Outcomes counts what became of the cases of a list, by code; unknown are those of
// which nobody said, and somebody could.
func (b *Board) Outcomes(q Query) (known map[string]int, unknown int) {
	defer b.look()()
	var n [unsaid + 1]int
	pass := b.filter(q)
	b.each(q, func(e *entry) bool {
		if pass.takes(e) {
			n[e.outcome]++
		}
		return true
	})
	known = map[string]int{}
	for i, code := range outcomes {
		if i > 0 && n[i] > 0 {
			known[code] = n[i]
		}
	}
	return known, n[unsaid]
}

// Find is the card of a case.
func (b *Board) Find(id string) (c Card, found bool) {
	defer b.look()()
	if r := b.records[id]; r != nil {
		return b.card(r), true
	}
	return c, false
}

func numberOf(s State) listed { return listed(index(States, s)) }

func (b *Board) list(s State) *list { return &b.lists[numberOf(s)] }

// each goes over a list in its order until f has enough.
func (b *Board) each(q Query, f func(*entry) bool) {
	l := b.list(q.State)
	for i := range l.entries {
		if !f(l.at(i)) {
			return
		}
	}
}

// sieve is a Query in numbers.
type sieve struct {
	none                        bool // lets nothing through
	lane                        int  // -1: all but the sample
	sample                      uint8
	platform, account, assignee int64 // -1: all
	from, to                    int64
}

func (b *Board) filter(q Query) sieve {
	s := sieve{lane: -1, sample: index(respond.Lanes, respond.LaneSample), platform: -1, account: -1, assignee: -1, from: nanos(q.From), to: nanos(q.To)}
	if q.Lane != "" {
		s.lane = slices.Index(respond.Lanes, q.Lane)
		s.none = s.lane < 0
	}
	known := func(text string) int64 {
		n, is := b.words.numbers[text]
		s.none = s.none || !is
		return int64(n)
	}
	if q.Platform != "" {
		s.platform = known(q.Platform)
	}
	if q.Account != "" {
		s.account = known(q.Account)
	}
	switch q.Assignee {
	case "":
	case Nobody:
		s.assignee = 0
	default:
		s.assignee = known(q.Assignee)
	}
	return s
}

func (s *sieve) takes(e *entry) bool {
	return !s.none && (s.lane == int(e.lane) || s.lane < 0 && e.lane != s.sample) &&
		(s.platform < 0 || s.platform == int64(e.platform)) && (s.account < 0 || s.account == int64(e.account)) &&
		(s.assignee < 0 || s.assignee == int64(e.assignee)) && (s.from == 0 || e.made >= s.from) && (s.to == 0 || e.made < s.to)
}
