package digest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// most is how many lines of one kind are said; the rest are counted.
const most = 8

// toDo says what somebody is to do, the most important first.
func (m *morningPage) toDo() (out []line) {
	if m.now == nil {
		out = append(out, line{Loud: true, Link: m.Page + "/",
			Text: m.say("The desk could not be looked at, so it is not known what waits. Open it and look; if it does not open, call whoever looks after triage.")})
	} else {
		out = append(out, m.pressing()...)
	}
	out = append(out, m.nobody()...)
	out = append(out, m.sources()...)
	if m.now != nil {
		out = append(out, m.hands()...)
	}
	out = append(out, m.channels()...)
	out = append(out, m.permits()...)
	if m.Desk != nil && m.Desk.Rules != nil && m.Desk.Rules().Shadow {
		out = append(out, line{Link: m.Page + "/settings",
			Text: m.say("Posting is switched off: what is approved is recorded, and nothing is published. An admin switches it on in the settings.")})
	}
	return out
}

// pressing says what waits in lanes that call a person, and what is over today.
func (m *morningPage) pressing() (out []line) {
	for _, lane := range respond.Lanes {
		if w := m.now.in(lane); w.n > 0 && m.Desk.Loudness(lane) == respond.Pages {
			out = append(out, line{Text: m.waits(w), Link: m.lane(lane), Loud: true})
		}
	}
	if n := m.now.closing; n > 0 {
		out = append(out, line{Text: m.count("closing", n), Link: m.Page + "/"})
	}
	return out
}

// hands says what a person is to look at again.
func (m *morningPage) hands() (out []line) {
	if n := m.now.hand; n > 0 {
		out = append(out, line{Text: m.count("hand", n), Link: m.Page + "/"})
	}
	if n := m.now.proposed; n > 0 {
		out = append(out, line{Text: m.count("proposed", n), Link: m.Page + "/"})
	}
	return out
}

// nobody says when a page would call nobody, and what calls in vain now.
func (m *morningPage) nobody() (out []line) {
	link := m.Page + "/on-call"
	if m.Duty == nil {
		return nil
	}
	if m.Duty.Memory != nil && m.Duty.Acks != nil {
		calling := slices.DeleteFunc(m.Duty.Calling(), func(s alert.Standing) bool { return s.Alert.Count > 0 && isCase(s.Alert.Key) && m.now != nil })
		if n := len(calling); n > 0 {
			out = append(out, line{Text: m.count("calling", n), Link: link, Loud: true})
		}
	}
	for _, gap := range m.plan().Gaps(m.Now, m.Now.Add(next)) {
		if gap.Until.IsZero() || !gap.Until.Before(m.Now.Add(next)) {
			out = append(out, line{Text: m.say("From %s on nobody would be called: choose who is on call.", m.clock(gap.From, m.Now)), Link: link, Loud: true})
			continue
		}
		out = append(out, line{Text: m.say("From %[1]s until %[2]s nobody would be called: choose who is on call.", m.clock(gap.From, m.Now), m.clock(gap.Until, m.Now)), Link: link, Loud: true})
	}
	return out
}

// isCase reports whether an alert is about cases, which a summary says by itself.
func isCase(key string) bool { return len(key) > 6 && key[:6] == "cases/" }

func (m *morningPage) plan() *roster.Plan {
	if m.Duty.Overrides == nil {
		base := m.Duty.Base
		return &base
	}
	return m.Duty.Plan()
}

// health is how reading goes, in a fixed order.
func (m *morningPage) health() []ingest.Health {
	if m.Health == nil {
		return nil
	}
	all := slices.Clone(m.Health())
	slices.SortFunc(all, func(a, b ingest.Health) int { return cmpPlace(a.Platform, a.Account, b.Platform, b.Account) })
	return all
}

// sources says which accounts cannot be read, for the longest time first.
func (m *morningPage) sources() (out []line) {
	var bad []ingest.Health
	for _, h := range m.health() {
		if !h.Since.IsZero() || h.LastOK.IsZero() {
			bad = append(bad, h)
		}
	}
	slices.SortStableFunc(bad, func(a, b ingest.Health) int { return a.Since.Compare(b.Since) })
	for _, h := range bad[:min(len(bad), most)] {
		out = append(out, line{Text: m.unreadable(h), Loud: true})
	}
	if more := len(bad) - most; more > 0 {
		out = append(out, line{Text: m.count("more accounts", more), Loud: true})
	}
	return out
}

func (m *morningPage) unreadable(h ingest.Health) string {
	where, why := m.place(h.Platform, h.Account), m.said(m.tongue, h.Why)
	out := m.say("%s is not read: comments there are not noticed", where)
	if !h.Since.IsZero() {
		out = m.say("%[1]s has not been read for %[2]s: comments there are not noticed", where, m.span(m.Now.Sub(h.Since)))
	}
	if why == "" {
		return full(out)
	}
	return full(m.say("%[1]s. Why: %[2]s", out, why))
}

// permits says what will keep an account from being read, or keeps it from something.
func (m *morningPage) permits() (out []line) {
	for _, h := range m.health() {
		where := m.place(h.Platform, h.Account)
		if left := h.Expires.Sub(m.Now); !h.Expires.IsZero() && left < 10*24*time.Hour {
			out = append(out, line{Text: m.say("%[1]s: its access ends on %[2]s. Connect the account again before.", where, m.day(h.Expires.In(m.Now.Location())))})
		}
		if len(h.Lacks) > 0 {
			out = append(out, line{Text: m.say("%s: a permission is missing. Connect the account again and grant all.", where)})
		}
		if n := len(h.Withheld); n > 0 {
			out = append(out, line{Text: m.say("%[1]s: %[2]s", where, m.count("withheld", n))})
		}
	}
	if more := len(out) - most; more > 0 {
		out = append(out[:most], line{Text: m.count("more things", more)})
	}
	return out
}

// channels says which ways to tell people fail.
func (m *morningPage) channels() (out []line) {
	if m.Duty == nil || m.Duty.States == nil {
		return nil
	}
	for _, s := range m.Duty.States.All() {
		if s.Failing.IsZero() {
			continue
		}
		text := m.say("Alerts by %[1]s have not arrived for %[2]s", s.Channel, m.span(m.Now.Sub(s.Failing)))
		if why := m.said(m.tongue, s.Why); why != "" {
			text = m.say("%[1]s. Why: %[2]s", text, why)
		}
		out = append(out, line{Text: full(text), Link: m.Page + "/on-call", Loud: true})
	}
	return out
}

// called says what called a person since the last summary, and how long she took.
func (m *morningPage) called(ctx context.Context) (out []line) {
	if m.Calls == nil && (m.Duty == nil || m.Duty.Memory == nil) {
		return []line{{Text: m.say("It is not known who was called.")}}
	}
	all, whole := m.calls(ctx, m.Since, m.Now)
	paged := pages(all, m.Since, m.Now)
	for _, c := range paged[:min(len(paged), most)] {
		out = append(out, line{Text: m.call(c)})
	}
	if more := len(paged) - most; more > 0 {
		out = append(out, line{Text: m.count("more calls", more)})
	}
	if len(paged) == 0 && whole {
		out = append(out, line{Text: m.say("Nobody was called.")})
	}
	if n := tells(all, m.Since, m.Now); n > 0 {
		out = append(out, line{Text: m.count("told", n)})
	}
	if !whole {
		out = append(out, line{Text: m.say("Only alerts that last, or are just over, are known here.")})
	}
	return out
}

// call says one: when, what, where, and what became of it.
func (m *morningPage) call(c Call) string {
	what := m.said(m.tongue, c.What)
	if what == "" {
		what = m.say("an alert")
	}
	if c.Where != "" {
		what += ", " + m.where(c.Where)
	}
	out := m.say("%[1]s, %[2]s: %[3]s", m.stamp(c.Began, m.Now), what, m.answer(c))
	if !c.Over.IsZero() && c.Over.After(c.Began) {
		return full(m.say("%[1]s; over after %[2]s", out, m.span(c.Over.Sub(c.Began))))
	}
	return full(m.say("%s; it lasts", out))
}

func (t tongue) answer(c Call) string {
	if c.Acked.IsZero() {
		return t.say("nobody acknowledged it")
	}
	return t.say("acknowledged after %s", t.span(c.Acked.Sub(c.Began)))
}

// onCall says who is on call until tomorrow, by rotation.
func (m *morningPage) onCall() (out []line) {
	if m.Duty == nil {
		return []line{{Text: m.say("It is not known who is on call.")}}
	}
	plan, until := m.plan(), m.Now.Add(next)
	for _, s := range plan.Shifts(m.Now, until) {
		text := s.Person
		if s.Rotation != "" {
			text = m.say("%[1]s: %[2]s", s.Rotation, s.Person)
		}
		switch from, ends := s.From.After(m.Now), !s.Until.IsZero() && s.Until.Before(until); {
		case from && ends:
			text = m.say("%[1]s, from %[2]s until %[3]s", text, m.clock(s.From, m.Now), m.clock(s.Until, m.Now))
		case from:
			text = m.say("%[1]s, from %[2]s on", text, m.clock(s.From, m.Now))
		case ends:
			text = m.say("%[1]s, until %[2]s", text, m.clock(s.Until, m.Now))
		}
		out = append(out, line{Text: full(text)})
	}
	if len(out) == 0 {
		out = append(out, line{Text: m.say("Nobody."), Loud: true})
	}
	if name, is := plan.Holiday(m.Now); is {
		out = append(out, line{Text: full(fmt.Sprint(m.say("Today is a holiday"), named(name)))})
	}
	return out
}

func named(name string) string {
	if name == "" {
		return ""
	}
	return ": " + name
}

// read says which accounts are read well.
func (m *morningPage) read() []line {
	if m.Health == nil {
		return []line{{Text: m.say("It is not known which accounts are read.")}}
	}
	well := 0
	all := m.health()
	for _, h := range all {
		if h.OK() {
			well++
		}
	}
	switch {
	case len(all) == 0:
		return []line{{Text: m.say("No account is connected.")}}
	case well == len(all):
		return []line{{Text: m.count("all read", well)}}
	}
	return []line{{Text: m.count("accounts", len(all), well)}}
}
