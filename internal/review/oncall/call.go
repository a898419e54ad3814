package oncall

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/review/page"
)

// Duty is what every page says of on-call: who is, and that somebody is being called.
func (p *Pages) Duty(v page.Visit) page.Duty {
	if p.Calls == nil {
		return page.Duty{}
	}
	l := p.look(v)
	out := page.Duty{Line: l.line(), Nobody: l.nobody() != ""}
	if calling := l.duty.Calling(); len(calling) > 0 {
		out.Call = l.call(calling)
	}
	return out
}

// line says who is on call until when.
func (l *look) line() string {
	if l.nobody() != "" {
		return l.Say("nobody can be reached")
	}
	var parts []string
	for _, s := range l.plan.OnCall(l.now) {
		one := s.Person
		if !s.Until.IsZero() {
			one = l.Say("%s until %s", s.Person, l.soon(s.Until))
		}
		if !slices.Contains(parts, one) {
			parts = append(parts, one)
		}
	}
	switch by, screenOnly := l.team(); {
	case len(l.plan.People) == 0 && screenOnly:
		return l.Say("nobody: things are only shown on the screen where triage runs")
	case len(l.plan.People) == 0:
		return l.Say("the whole team, by %s", by)
	case len(parts) == 0:
		return l.everybody(l.plan.First(l.now))
	}
	return strings.Join(parts, ", ")
}

// everybody names people, unless that is all of them.
func (l *look) everybody(called []roster.Person) string {
	if n := len(called); n > 2 && n == len(l.plan.People) {
		return l.Say("everybody")
	}
	return l.names(namesOf(called))
}

// call is what is said of the loudest and oldest of what calls.
func (l *look) call(calling []alert.Standing) *page.Call {
	first := calling[0]
	out := &page.Call{Alert: formValue(first), Link: link(first.Alert.Link), May: l.mayAnswer()}
	people, tried := called(first)
	thing := l.thing(first)
	switch {
	case len(people) == 1:
		out.Say = l.Say("%s is being called: %s.", people[0], thing)
	case len(people) > 1:
		out.Say = l.Say("%s are being called: %s.", l.names(people), thing)
	case tried || l.nobody() != "":
		out.Say, out.Unheard = l.Say("Nobody has been reached yet: %s.", thing), true
	default:
		out.Say = l.Say("Somebody is being called: %s.", thing)
	}
	if n := len(calling); n > 1 {
		out.More = l.Count(n-1, "And %d more call waits for an answer.")
		for _, one := range calling[:min(n, most)] {
			out.All = append(out.All, formValue(one))
		}
		out.OnAll = l.Say("I’m on all %s", l.Number(len(out.All)))
	}
	return out
}

// called are the people who were told of this round of a trouble, and whether any line
// of a person was tried.
func called(s alert.Standing) (people []string, tried bool) {
	for _, h := range s.Lines {
		if h.Person == "" || h.Round != s.Round {
			continue
		}
		tried = true
		if !h.First.IsZero() && !slices.Contains(people, h.Person) {
			people = append(people, h.Person)
		}
	}
	slices.Sort(people)
	return people, tried
}

// NewsOf is what the on-call page is told once it is not as it was made any more.
func (p *Pages) NewsOf(v page.Visit, seen string) page.News {
	if p.Calls == nil || seen == p.look(v).tag() {
		return page.News{}
	}
	return page.News{Say: v.Words.Say("Something changed.")}
}

// tag is another one when the page would be.
func (l *look) tag() string {
	failing := map[string]string{}
	for name, s := range l.state {
		if !s.Failing.IsZero() {
			failing[name] = s.Why
		}
	}
	data, err := json.Marshal([]any{l.duty.Standing(), l.plan.Overrides, failing, l.plan.OnCall(l.now), l.steps(), l.asks()})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// asks are the keys of what the reader is asked about, whether she still is on it.
func (l *look) asks() (keys []string) {
	for _, s := range l.duty.Standing() {
		if s.Ack != nil && s.Alert.Severity == alert.Page && l.due(*s.Ack) {
			keys = append(keys, s.Alert.Key)
		}
	}
	return keys
}

// Tell answers what every page says of on-call, for pages that nothing tells.
func (p *Pages) Tell(w http.ResponseWriter, r *http.Request) error {
	if p.Calls == nil {
		return page.ErrNowhere
	}
	v := page.VisitOf(r)
	if seen := r.URL.Query().Get("seen"); seen != "" { // the on-call page asks
		p.Answer(w, http.StatusOK, p.NewsOf(v, seen))
		return nil
	}
	p.Answer(w, http.StatusOK, p.CallOf(v))
	return nil
}

// CallOf is what an open page is told: what calls somebody, or nothing.
func (p *Pages) CallOf(v page.Visit) page.Told {
	d := p.Duty(v)
	return page.Told{Call: d.Call}
}
