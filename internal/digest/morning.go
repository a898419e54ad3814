package digest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// morningPage is a morning summary while it is written.
type morningPage struct {
	*Source
	tongue
	Issue
	page
	now *now // nil: the desk could not be looked at
	was *period
}

// next is how long a morning summary looks ahead.
const next = 24 * time.Hour

func (s *Source) morning(ctx context.Context, i Issue, t tongue) page {
	m := &morningPage{Source: s, tongue: t, Issue: i}
	if s.looked(ctx) {
		was := newPeriod(i.Since, i.Now)
		err := s.sum(ctx, i.Since, was)
		s.unknown("the cases", err)
		if err == nil {
			m.was, m.now = was, standing(s.Desk.Cases.All(), i.Now, i.Now.Add(next))
		}
	}
	m.page.Lang, m.Open, m.subject = t.lang, t.say("Open"), m.headline()
	m.Title = s.titled(t, t.day(i.Now))
	m.Intro = t.say("Morning summary of %[1]s, since %[2]s.", i.Now.Format("15:04"), t.clock(i.Since.In(i.Now.Location()), i.Now))
	m.add(t.say("To do"), m.toDo()...)
	if m.now != nil {
		m.add(t.say("What waits now"), m.waiting()...)
		m.add(t.say("Told only here"), m.quiet()...)
		m.add(t.say("What came"), m.came()...)
		m.add(t.say("What was done"), m.done()...)
	}
	m.add(t.say("Who was called"), m.called(ctx)...)
	m.add(t.say("Who is on call today"), m.onCall()...)
	m.add(t.say("What is read"), m.read()...)
	m.Foot = s.foot(t)
	return m.page
}

// titled is the title of a letter: the practice and what it is about.
func (s *Source) titled(t tongue, about string) string {
	if s.Practice == "" {
		return about
	}
	return t.say("%[1]s: %[2]s", s.Practice, about)
}

// foot ends every letter.
func (s *Source) foot(t tongue) []string {
	return []string{
		t.say("What people wrote is only at the desk, behind the sign-in: %s", s.Page),
		t.say("This letter is made by triage. It loads nothing and does not tell that it was read."),
	}
}

// headline is the subject: counts only.
func (m *morningPage) headline() string {
	switch {
	case m.now == nil:
		return m.say("Morning summary: the desk could not be looked at")
	case m.loud() > 0:
		return m.say("Morning summary: %[1]s, %[2]s", m.count("now", m.loud()), m.count("wait", m.now.total()-m.loud()))
	case m.now.total() > 0:
		return m.say("Morning summary: %s", m.count("wait", m.now.total()))
	}
	return m.say("Morning summary: nothing waits")
}

// loud counts what waits in lanes that call a person.
func (m *morningPage) loud() (n int) {
	for lane, w := range m.now.waits {
		if m.Desk.Loudness(lane) == respond.Pages {
			n += w.n
		}
	}
	return n
}

// lane leads to the list of a lane.
func (s *Source) lane(l respond.Lane) string { return s.Page + "/?lane=" + string(l) }

// waiting says what waits, lane by lane, the most pressing first.
func (m *morningPage) waiting() (out []line) {
	for _, lane := range respond.Lanes {
		w := m.now.in(lane)
		if w.n == 0 || !counted(lane) || m.Desk.Loudness(lane) == respond.Digest {
			continue
		}
		out = append(out, line{Text: m.waits(w), Link: m.lane(lane)})
	}
	if w := m.now.in(respond.LaneRoutine); w.n > 0 {
		out = append(out, line{Text: m.say("Not judged because of the platform's terms, and in no other figure: %s. Urgency is not noticed there.", m.count("case", w.n)), Link: m.lane(w.lane)})
	}
	if w := m.now.in(respond.LaneSample); w.n > 0 {
		out = append(out, line{Text: m.count("sample", w.n), Link: m.lane(w.lane)})
	}
	if m.now.going > 0 {
		out = append(out, line{Text: m.count("going", m.now.going)})
	}
	if m.now.total() == 0 {
		out = append([]line{{Text: m.say("Nothing waits for a person.")}}, out...)
	}
	return out
}

// waits says how many wait in a lane, how long the oldest has and what is over next.
func (m *morningPage) waits(w waiting) string {
	out := m.say("%[1]s: %[2]s, the oldest for %[3]s", m.say(laneWords[w.lane]), m.count("case", w.n), m.span(m.Now.Sub(w.oldest)))
	if !w.closes.IsZero() {
		out = m.say("%[1]s; a private message is possible until %[2]s", out, m.clock(w.closes, m.Now))
	}
	return full(out)
}

// quiet says what is in the lanes that tell nobody else.
func (m *morningPage) quiet() (out []line) {
	for _, lane := range respond.Lanes {
		w := m.now.in(lane)
		if m.Desk.Loudness(lane) != respond.Digest || w.n == 0 && m.was.lanes[lane] == 0 {
			continue
		}
		if w.n > 0 {
			out = append(out, line{Text: m.waits(w), Link: m.lane(lane)})
		}
		if pressing := w.n - w.low; pressing > 0 {
			out = append(out, line{Text: m.count("asks", pressing)})
		}
		out = append(out, line{Text: m.count("new", m.was.lanes[lane])})
	}
	return out
}

// came says what was opened since the last summary, by lane and by account.
func (m *morningPage) came() (out []line) {
	if m.was.opened() == 0 && m.was.routine == 0 {
		return []line{{Text: m.say("No new case.")}}
	}
	for _, lane := range respond.Lanes {
		if n := m.was.lanes[lane]; n > 0 {
			out = append(out, line{Text: m.say("%[1]s: %[2]s.", m.say(laneWords[lane]), m.count("case", n))})
		}
	}
	if m.was.routine > 0 {
		out = append(out, line{Text: m.say("Not judged because of the platform's terms: %s.", m.count("case", m.was.routine))})
	}
	if m.was.opened() > 0 {
		out = append(out, line{Text: m.say("Where: %s.", m.list(m.places(m.was.accounts)))})
	}
	return out
}

// places says how many are at each account, most first.
func (t tongue) places(all map[account]int) (out []string) {
	for _, a := range slices.SortedFunc(maps.Keys(all), func(a, b account) int {
		return cmp.Or(all[b]-all[a], cmp.Compare(a.platform, b.platform), cmp.Compare(a.name, b.name))
	}) {
		out = append(out, t.say("%[1]s %[2]d", t.place(a.platform, a.name), all[a]))
	}
	return out
}

// done says what people decided, and what went out.
func (m *morningPage) done() (out []line) {
	p := m.was
	if p.decided() == 0 {
		out = append(out, line{Text: m.say("Nobody decided on a case.")})
	} else {
		out = append(out, line{Text: full(m.decisions(p))})
	}
	if went := m.went(p); went != "" {
		out = append(out, line{Text: full(went)})
	}
	if p.recorded > 0 {
		out = append(out, line{Text: m.count("recorded", p.recorded)})
	}
	if p.failed > 0 {
		out = append(out, line{Text: m.count("refused", p.failed)})
	}
	if m.Desk.Rules != nil && !m.Desk.Rules().Shadow {
		out = append(out, line{Text: m.say("Posting is switched on.")})
	}
	return out
}

// decisions says how people decided.
func (t tongue) decisions(p *period) string {
	return t.say("%[1]s: %[2]s", t.count("decided", p.decided()), t.decisionsBy(p))
}

// decisionsBy counts each.
func (t tongue) decisionsBy(p *period) string {
	parts := []string{t.count("approved", p.approved), t.count("dismissed", p.dismissed)}
	if p.handled > 0 {
		parts = append(parts, t.count("handled", p.handled))
	}
	return t.list(parts)
}

// went says what went out; empty: nothing did.
func (t tongue) went(p *period) string {
	var parts []string
	for _, k := range []struct {
		kind ingest.ActionKind
		of   string
	}{{ingest.Reply, "reply"}, {ingest.Private, "private"}, {ingest.Hide, "hidden"}, {ingest.TakeDown, "taken"}} {
		if n := p.sent[k.kind]; n > 0 {
			parts = append(parts, t.count(k.of, n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	out := t.say("Went out: %s", t.list(parts))
	if p.itself > 0 {
		out = t.say("%[1]s; %[2]s", out, t.count("itself", p.itself))
	}
	return out
}
