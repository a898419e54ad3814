package queue

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// survey is one look over all cases.
type survey struct {
	counts
	list []placed
	// newest is when the last case came.
	newest           time.Time
	lanes            map[respond.Lane]bool
	accounts         map[string]string // to their platform
	answered, closed int
	took             []time.Duration
	undo             *respond.Case
	sample           int // of the weekly sample, to be looked at
}

// survey looks over all cases and keeps those that the filter lets through.
func (p *Pages) survey(f filter, me people.User) survey {
	s := survey{lanes: map[respond.Lane]bool{}, accounts: map[string]string{}}
	now := p.Now()
	for c := range p.Desk.Cases.All() {
		state := stateOf(c)
		s.count(c, state, p.loud(c))
		s.lanes[c.Lane] = true
		s.accounts[c.Comment.Account] = c.Comment.Platform
		if c.Opened.After(s.newest) {
			s.newest = c.Opened
		}
		s.today(c, state, now, me)
		if f.takes(c, state) {
			group, at := f.place(c)
			s.list = append(s.list, placed{c, group, at})
		}
	}
	slices.SortFunc(s.list, inOrder)
	return s
}

func (s *survey) count(c *respond.Case, state string, loud bool) {
	switch {
	case state == stateGoing:
		s.Going++
	case state != stateNeeds:
	case c.Lane == respond.LaneSample: // nobody waits for it
		s.sample++
	case loud:
		s.Now++
	default:
		s.Waiting++
	}
}

// today counts a decision taken today, and finds one's own last one.
func (s *survey) today(c *respond.Case, state string, now time.Time, me people.User) {
	if state == stateNeeds || len(c.History) == 0 || c.Lane == respond.LaneSample {
		return
	}
	e, ok := decision(c)
	if !ok || !say.SameDay(now, e.At) {
		return
	}
	if state == stateDismissed {
		s.closed++
	} else {
		s.answered++
	}
	s.took = append(s.took, e.At.Sub(c.Opened))
	if e.By == me.Name && c.State() == respond.Approved && c.CanUndo() && due(c).After(now) {
		if s.undo == nil || due(c).After(due(s.undo)) {
			s.undo = c
		}
	}
}

// decision is the last entry with which a person decided.
func decision(c *respond.Case) (respond.Entry, bool) {
	for _, e := range slices.Backward(c.History) {
		switch e.Do {
		case "approved", "dismissed", "handled":
			return e, true
		}
	}
	return respond.Entry{}, false
}

// due is when the last of a case's approved actions goes out.
func due(c *respond.Case) time.Time {
	var t time.Time
	for _, a := range c.Actions {
		if a.State == respond.Approved && a.Due.After(t) {
			t = a.Due
		}
	}
	return t
}

// The states by which cases are listed. The first is the queue itself.
const (
	stateNeeds     = ""
	stateGoing     = "going"
	stateAnswered  = "answered"
	stateDismissed = "dismissed"
)

// stateOf is under which state a case is listed.
func stateOf(c *respond.Case) string {
	if len(c.Actions) == 0 {
		return stateNeeds
	}
	switch c.State() {
	case respond.Waiting, respond.Manual, respond.Failed:
		return stateNeeds
	case respond.Approved, respond.Sending:
		return stateGoing
	case respond.Sent, respond.Recorded:
		return stateAnswered
	}
	if e, ok := decision(c); ok && e.Do == "handled" {
		return stateAnswered
	}
	return stateDismissed
}

// filter is what of the cases is listed: all fields are in the address, so it
// can be bookmarked.
type filter struct {
	State, Platform, Account string
	Lane                     respond.Lane
	Page                     int
}

// readFilter reads a filter from an address; what it does not know it ignores.
func readFilter(q url.Values) filter {
	f := filter{Platform: q.Get("platform"), Account: q.Get("account"), Page: 1}
	if s := q.Get("state"); s == stateGoing || s == stateAnswered || s == stateDismissed {
		f.State = s
	}
	if lane := respond.Lane(q.Get("lane")); say.IsLane(lane) {
		f.Lane = lane
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 1e6 {
		f.Page = n
	}
	return f
}

// query is the filter as an address, with more on top of it.
func (f filter) query(more url.Values) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"state": f.State, "lane": string(f.Lane), "platform": f.Platform, "account": f.Account} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name := range more {
		q.Set(name, more.Get(name))
	}
	return q
}

// takes reports whether a case is listed. A sample is only where it is asked for.
func (f filter) takes(c *respond.Case, state string) bool {
	return f.State == state && (f.Lane == c.Lane || f.Lane == "" && c.Lane != respond.LaneSample) &&
		(f.Platform == "" || f.Platform == c.Comment.Platform) && (f.Account == "" || f.Account == c.Comment.Account)
}

// filterGroup is a row of links, one of which is on.
type filterGroup struct {
	// Code names it in the page.
	Code, Name string
	Links      []filterLink
}

type filterLink struct {
	Text, Href string
	On         bool
}

// groups are the filters there are, by what there is to filter.
func (f filter) groups(s survey, w *say.Words) []filterGroup {
	state, lane := filterGroup{Code: "state", Name: w.Say("State")}, filterGroup{Code: "lane", Name: w.Say("Lane")}
	platform, account := filterGroup{Code: "platform", Name: w.Say("Platform")}, filterGroup{Code: "account", Name: w.Say("Account")}
	for _, v := range [][2]string{{stateNeeds, w.Say("Needs you")}, {stateGoing, w.Say("Going out")}, {stateAnswered, w.Say("Answered")}, {stateDismissed, w.Say("Dismissed")}} {
		state.add(f.with(func(g *filter) { g.State = v[0] }), v[1], f.State == v[0])
	}
	lane.add(f.with(func(g *filter) { g.Lane = "" }), w.Say("All"), f.Lane == "")
	for _, l := range respond.Lanes {
		if s.lanes[l] || f.Lane == l {
			lane.add(f.with(func(g *filter) { g.Lane = l }), w.Lane(l), f.Lane == l)
		}
	}
	platform.add(f.with(func(g *filter) { g.Platform, g.Account = "", "" }), w.Say("All"), f.Platform == "")
	account.add(f.with(func(g *filter) { g.Account = "" }), w.Say("All"), f.Account == "")
	for _, name := range slices.Sorted(maps.Keys(s.accounts)) {
		on := s.accounts[name]
		platform.add(f.with(func(g *filter) { g.Platform, g.Account = on, "" }), w.Platform(on), f.Platform == on)
		account.add(f.with(func(g *filter) { g.Account = name }), name, f.Account == name)
	}
	platform.Links = slices.Compact(platform.Links)
	if len(account.Links) == len(platform.Links) {
		account.Links = nil // it would say the same
	}
	return slices.DeleteFunc([]filterGroup{state, lane, platform, account}, func(g filterGroup) bool { return len(g.Links) < 3 })
}

// with is the filter changed in one thing, at its first page.
func (f filter) with(change func(*filter)) filter {
	f.Page = 1
	change(&f)
	return f
}

func (g *filterGroup) add(f filter, text string, on bool) {
	l := filterLink{Text: text, Href: "/?" + f.query(nil).Encode(), On: on}
	if !slices.Contains(g.Links, l) {
		g.Links = append(g.Links, l)
	}
}

// rank is the order of the lanes.
var rank = func() map[respond.Lane]int {
	out := map[respond.Lane]int{}
	for i, l := range respond.Lanes {
		out[l] = i
	}
	return out
}()

// place is where a case stands in a list: what presses most first; what is
// settled, latest first.
func (f filter) place(c *respond.Case) (group, at int64) {
	if f.State == stateNeeds {
		return int64(2*rank[c.Lane] + btoi(c.Low)), made(c).UnixNano()
	}
	return 0, -c.LastStep().UnixNano()
}

// placed is a case with its place, worked out once before sorting.
type placed struct {
	*respond.Case
	group, at int64
}

func inOrder(a, b placed) int {
	switch {
	case a.group != b.group:
		return cmp.Compare(a.group, b.group)
	case a.at != b.at:
		return cmp.Compare(a.at, b.at)
	}
	return cmp.Compare(a.Comment.ID, b.Comment.ID)
}

// Beside are the cases before and after one in the queue; empty: there is none.
func (p *Pages) Beside(c respond.Case, me people.User) (before, after string) {
	f := filter{}
	if c.Lane == respond.LaneSample {
		f.Lane = c.Lane
	}
	s := p.survey(f, me)
	return s.beside(c.ID())
}

// made is when the comment was made; where that is not known, or not known any
// more, when its case was opened.
func made(c *respond.Case) time.Time {
	if c.Comment.Created.IsZero() {
		return c.Opened
	}
	return c.Comment.Created
}

// beside are the cases before and after one in the queue; empty: there is none.
func (s *survey) beside(id string) (before, after string) {
	for i, c := range s.list {
		if c.ID() != id {
			continue
		}
		if i > 0 {
			before = s.list[i-1].ID()
		}
		if i+1 < len(s.list) {
			after = s.list[i+1].ID()
		}
		return before, after
	}
	if len(s.list) > 0 {
		after = s.list[0].ID()
	}
	return "", after
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
