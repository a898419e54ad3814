package digest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"triage/internal/respond"
)

// weeklyPage is a weekly report while it is written.
type weeklyPage struct {
	*Source
	tongue
	Issue
	page
	now *now // nil: the desk could not be looked at
	// week is the week, before the one before it. compared: there is something known of it.
	week, before *period
	compared     bool
}

// monday is the beginning of the week of a time, in its zone.
func monday(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location())
}

func (s *Source) weekly(ctx context.Context, i Issue, t tongue) page {
	until := monday(i.Now)
	from := monday(until.AddDate(0, 0, -3))
	w := &weeklyPage{Source: s, tongue: t, Issue: i, week: newPeriod(from, until), before: newPeriod(monday(from.AddDate(0, 0, -3)), from)}
	if s.looked(ctx) {
		err := s.sum(ctx, w.before.from, w.week, w.before)
		s.unknown("the cases", err)
		if err == nil {
			w.now = standing(s.Desk.Cases.All(), i.Now, i.Now.Add(next))
			w.compared = !w.now.first.IsZero() && w.now.first.Before(from)
		}
	}
	w.page.Lang, w.Open = t.lang, t.say("Open")
	about := t.say("%[1]s to %[2]s", t.day(from), t.day(until.AddDate(0, 0, -1)))
	w.Title, w.Intro = s.titled(t, about), t.say("Weekly report.")
	if w.now == nil {
		w.subject = t.say("Weekly report: the desk could not be looked at")
		w.add(t.say("To do"), line{Loud: true, Link: s.Page + "/",
			Text: t.say("The desk could not be looked at, so the week is not known. Open it; if it does not open, call whoever looks after triage.")})
	} else {
		w.subject = t.say("Weekly report: %[1]s, %[2]s", t.count("came", w.week.opened()), t.count("decided", w.week.decided()))
		w.desk(ctx)
	}
	w.add(t.say("Alerts"), w.alerts(ctx)...)
	w.add(t.say("Reading the accounts"), w.reading(ctx)...)
	w.Foot = s.foot(t)
	return w.page
}

// desk says what there is to say of the cases.
func (w *weeklyPage) desk(ctx context.Context) {
	w.add(w.say("What came"), w.came(ctx)...)
	w.add(w.say("How long it took"), w.took()...)
	w.add(w.say("What was done"), w.done()...)
	w.add(w.say("What became of it"), w.outcomes()...)
	w.add(w.say("Replies of ours that said too much"), w.ours()...)
	w.add(w.say("How well comments are judged"), w.judging()...)
	w.add(w.say("What waits now"), line{Text: full(w.count("wait", w.now.total())), Link: w.Page + "/"})
}

// than says a number, and how it differs from the one of the week before.
func (w *weeklyPage) than(n, before int) string {
	switch {
	case !w.compared:
		return w.say("%d", n)
	case n > before:
		return w.say("%[1]d (%[2]d more than the week before)", n, n-before)
	case n < before:
		return w.say("%[1]d (%[2]d fewer than the week before)", n, before-n)
	}
	return w.say("%d (as many as the week before)", n)
}

// few is below how many no share is said in percent: it would say more than is known.
const few = 10

// share says how many of some, with the percentage where there are enough.
func (t tongue) share(n, of int) string {
	if of < few {
		return t.say("%[1]d of %[2]d", n, of)
	}
	return t.say("%[1]d of %[2]d (%[3]d %%)", n, of, (200*n+of)/(2*of))
}

func (w *weeklyPage) came(ctx context.Context) []line {
	out := []line{{Text: w.judged(ctx)}}
	if !w.compared {
		out = append(out, line{Text: w.say("There is no week before to compare with.")})
	}
	out = append(out, line{Text: w.say("Cases: %s.", w.than(w.week.opened(), w.before.opened()))})
	for _, lane := range respond.Lanes {
		if n, before := w.week.lanes[lane], w.before.lanes[lane]; n+before > 0 {
			out = append(out, line{Text: w.say("%[1]s: %[2]s.", w.say(laneWords[lane]), w.than(n, before))})
		}
	}
	if w.week.opened() > 0 {
		out = append(out, line{Text: w.say("Where: %s.", w.list(w.places(w.week.accounts)))})
	}
	if w.week.routine > 0 {
		out = append(out, line{Text: w.say("Not judged because of the platform's terms, and in no other figure: %s. Urgency is not noticed there.", w.count("case", w.week.routine))})
	}
	return out
}

// judged says how many comments were read and judged.
func (w *weeklyPage) judged(ctx context.Context) string {
	unknown := w.say("It is not known how many comments were read.")
	if w.Judged == nil {
		return unknown
	}
	n, flagged, known, err := w.Judged(ctx, w.week.from.Format(time.DateOnly))
	w.unknown("the judged comments", err)
	if err != nil || !known {
		return unknown
	}
	before, _, compared, err := w.Judged(ctx, w.before.from.Format(time.DateOnly))
	w.unknown("the judged comments", err)
	counted := w.say("%d", n)
	if err == nil && compared && w.compared {
		counted = w.than(n, before)
	}
	return w.say("Comments read and judged: %[1]s. Flagged: %[2]s.", counted, w.share(flagged, n))
}

func (w *weeklyPage) took() (out []line) {
	out = append(out, line{Text: w.times(w.say("From the comment to the decision"), w.week.toDecide, w.before.toDecide)},
		line{Text: w.times(w.say("From the comment to the first answer"), w.week.toSend, w.before.toSend)},
		line{Text: w.times(w.say("Urgent, from the comment to the decision"), w.week.toUrgent, w.before.toUrgent)})
	if n := w.week.old; n > 0 {
		out = append(out, line{Text: w.count("old", n)})
	}
	if u := w.now.in(respond.LaneUrgent); u.n > 0 {
		out = append(out, line{Text: w.waits(u), Link: w.lane(u.lane), Loud: true})
	}
	return out
}

// waits says how many urgent ones still wait.
func (w *weeklyPage) waits(u waiting) string {
	return w.say("%[1]s: %[2]s, the oldest for %[3]s.", w.say(laneWords[u.lane]), w.count("wait", u.n), w.span(w.Now.Sub(u.oldest)))
}

// times says how long something took, and how long the week before.
func (w *weeklyPage) times(what string, all, before []time.Duration) string {
	n, half := len(all), w.span(rank(all, 0.5))
	var out string
	switch {
	case n == 0:
		return w.say("%s: there was none.", what)
	case n == 1:
		out = w.say("%[1]s: %[2]s, for the only one", what, half)
	case n < few:
		out = w.say("%[1]s: half of %[2]d within %[3]s, the slowest after %[4]s", what, n, half, w.span(rank(all, 1)))
	default:
		out = w.say("%[1]s: half of %[2]d within %[3]s, nine in ten within %[4]s", what, n, half, w.span(rank(all, 0.9)))
	}
	if w.compared && len(before) > 0 {
		return w.say("%[1]s; the week before, half within %[2]s.", out, w.span(rank(before, 0.5)))
	}
	return full(out)
}

func (w *weeklyPage) done() []line {
	decided := w.say("Decided: %s", w.than(w.week.decided(), w.before.decided()))
	if w.week.decided() > 0 {
		decided = w.say("%[1]s: %[2]s", decided, w.decisionsBy(w.week))
	}
	out := []line{{Text: full(decided)}}
	went := cmp.Or(w.went(w.week), w.say("Nothing went out"))
	out = append(out, line{Text: full(went)})
	if n := w.week.recorded; n > 0 {
		out = append(out, line{Text: w.count("recorded", n)})
	}
	if n := w.week.failed; n > 0 {
		out = append(out, line{Text: w.count("refused", n)})
	}
	return out
}

// outcomes says what became of conversations, as people recorded it.
func (w *weeklyPage) outcomes() (out []line) {
	for _, code := range respond.Outcomes {
		if n, before := w.week.outcomes[code], w.before.outcomes[code]; n+before > 0 {
			out = append(out, line{Text: w.say("%[1]s: %[2]s.", w.say(outcomeWords[code]), w.than(n, before))})
		}
	}
	if len(out) == 0 {
		return []line{{Text: w.say("Nobody recorded what became of a conversation.")}}
	}
	return out
}

// ours says how long replies of ours that say too much were online.
func (w *weeklyPage) ours() (out []line) {
	p := w.week
	if n := len(p.online); n > 0 {
		out = append(out, line{Text: w.count("settled", n, w.span(rank(p.online, 0.5)), w.span(rank(p.online, 1)))})
	}
	if p.kept > 0 {
		out = append(out, line{Text: w.count("kept", p.kept)})
	}
	if n := w.now.in(respond.LaneTakeDown).n; n > 0 {
		out = append(out, line{Text: w.count("still", n, w.span(w.Now.Sub(w.now.in(respond.LaneTakeDown).oldest))), Link: w.lane(respond.LaneTakeDown), Loud: true})
	}
	if len(out) == 0 {
		return []line{{Text: w.say("None was found.")}}
	}
	return out
}

// judging says what was missed, as far as the sample tells, and what was flagged in vain.
func (w *weeklyPage) judging() (out []line) {
	p := w.week
	switch waits := w.now.in(respond.LaneSample).n; {
	case p.looked > 0:
		out = append(out, line{Text: w.say("Missed, in the random sample of comments that were not flagged: %s.", w.share(p.missed, p.looked))})
	case waits > 0:
		out = append(out, line{Text: w.say("It is not known what was missed: nobody looked at the sample.")})
	default:
		out = append(out, line{Text: w.say("It is not known what was missed: there was no sample.")})
	}
	if waits := w.now.in(respond.LaneSample); waits.n > 0 {
		out = append(out, line{Text: w.count("sample", waits.n), Link: w.lane(waits.lane)})
	}
	if p.decided() > 0 {
		out = append(out, line{Text: w.say("Flagged in vain: people said of %s decided cases that they are not sensitive.", w.share(p.harmless, p.decided()))})
	}
	return out
}

func (w *weeklyPage) alerts(ctx context.Context) []line {
	p := w.week
	all, whole := w.calls(ctx, w.before.from, p.until)
	if !whole {
		return []line{{Text: w.say("It is not known which alerts there were.")}}
	}
	paged := pages(all, p.from, p.until)
	before := len(pages(all, w.before.from, p.from))
	told := tells(all, p.from, p.until)
	out := []line{{Text: w.say("Called a person: %s.", w.than(len(paged), before))}, {Text: w.say("Told the team: %s.", w.than(told, tells(all, w.before.from, p.from)))}}
	var took []time.Duration
	for _, c := range paged {
		if !c.Acked.IsZero() {
			took = append(took, max(0, c.Acked.Sub(c.Began)))
		}
	}
	if len(paged) > 0 {
		out = append(out, line{Text: w.say("Acknowledged: %s.", w.share(len(took), len(paged)))})
	}
	if len(took) > 0 {
		out = append(out, line{Text: w.times(w.say("From the call to somebody who took it"), took, nil)})
	}
	return out
}

// reading says for how long accounts could not be read, as far as alerts tell.
func (w *weeklyPage) reading(ctx context.Context) (out []line) {
	all, whole := w.calls(ctx, w.week.from, w.week.until)
	if !whole {
		return []line{{Text: w.say("It is not known whether the accounts could be read all the time.")}}
	}
	down := unread(all, w.week.from, w.week.until)
	names := slices.SortedFunc(maps.Keys(down), func(a, b string) int { return cmp.Or(cmp.Compare(down[b], down[a]), cmp.Compare(a, b)) })
	for _, name := range names[:min(len(names), most)] {
		out = append(out, line{Text: w.say("%[1]s could not be read for %[2]s.", w.where(name), w.span(down[name]))})
	}
	if more := len(names) - most; more > 0 {
		out = append(out, line{Text: w.count("more accounts", more)})
	}
	if len(out) == 0 {
		out = append(out, line{Text: w.say("No account failed for long enough to tell somebody.")})
	}
	return out
}

func cmpPlace(platformA, accountA, platformB, accountB string) int {
	return cmp.Or(cmp.Compare(platformA, platformB), cmp.Compare(accountA, accountB))
}
