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
	switch {
	case len(l.plan.People) == 0:
		return l.Say("the team, by %s", l.names(channelsOf(l.plan.Team)))
	case len(parts) == 0:
		return l.names(namesOf(l.first()))
	}
	return strings.Join(parts, ", ")
}

// first are those whom the first step calls that calls anybody.
func (l *look) first() []roster.Person {
	for i := range l.plan.Escalation() {
		if called := l.plan.Called(i, l.now); len(called) > 0 {
			return called
		}
	}
	return nil
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
	if n := len(calling) - 1; n > 0 {
		out.More = l.Say("And %s more.", l.Number(n))
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
	data, err := json.Marshal([]any{l.duty.Standing(), l.plan.Overrides, failing, l.plan.OnCall(l.now)})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
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
