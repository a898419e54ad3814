package oncall

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"triage/internal/alert"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// trouble is something that is wrong now.
type trouble struct {
	// Alert names it and its round in a form.
	Alert string
	// ID is its anchor.
	ID                       string
	What, Count, Where, When string
	Link                     string
	// Loud: it calls somebody. Calling: and nobody has said that she is on it.
	Loud, Calling bool
	// Next says what comes if nobody does anything.
	Next string
	// Ack says who is on it. May: the reader may say that she is.
	Ack       string
	May, Mine bool
	// Told is who was told when.
	Told []told
	// Because are those that are told with it, in one line each.
	Because []string
}

// told is what one line was told.
type told struct{ Who, Said, Fault string }

// wrong says what is wrong now.
func (l *look) wrong(out *onCallPage) {
	all := l.duty.Standing()
	broad := map[string]bool{}
	for _, s := range all {
		broad[s.Alert.Key] = true
	}
	for i, s := range all {
		if broad[s.HiddenBy] {
			continue
		}
		one := l.trouble(s, i)
		for _, h := range all {
			if h.HiddenBy == s.Alert.Key {
				one.Because = append(one.Because, l.thing(h))
			}
		}
		if one.Calling && one.May {
			out.All = append(out.All, one.Alert)
		}
		if one.Loud {
			out.Wrong = append(out.Wrong, one)
		} else {
			out.Rest = append(out.Rest, one)
		}
	}
	if len(out.All) < 2 {
		out.All = nil
	}
}

func (l *look) trouble(s alert.Standing, i int) trouble {
	a := s.Alert
	t := trouble{Alert: formValue(s), ID: fmt.Sprintf("wrong-%d", i+1), What: say.Capital(l.Whole(a.What)), Where: l.where(a.Where), Link: link(a.Link),
		Loud: a.Severity == alert.Page, May: l.mayAnswer()}
	if a.Count > 1 {
		t.Count = l.Number(a.Count)
	}
	if !a.Since.IsZero() {
		t.When = l.Say("since %s, for %s", l.clock(a.Since), l.Span(l.now.Sub(a.Since)))
	}
	t.Calling = t.Loud && s.Ack == nil
	switch {
	case s.Ack != nil: // who is on it says so again when she is reminded
		t.Mine = s.Ack.By == l.me.Name
		t.May, t.Ack = t.Mine, l.ack(*s.Ack)
	case t.Loud:
		t.Next = l.next(s)
	}
	t.Told = l.told(s)
	return t
}

// ack says who is on it.
func (l *look) ack(a alert.Ack) string {
	who, at := a.By, l.clock(a.At)
	switch {
	case a.By == l.me.Name:
		return l.Say("You are on it, since %s.", at)
	case a.How == "desk" || a.How == "":
		return l.Say("%s is on it, since %s.", who, at)
	case a.How == "reply":
		return l.Say("%s is on it, since %s: she said so by a reply.", who, at)
	}
	return l.Say("%s is on it, since %s: she said so on %s.", who, at, a.How)
}

// next says whom the next step calls, and when.
func (l *look) next(s alert.Standing) string {
	steps := l.plan.Escalation()
	if s.Stepped.IsZero() || s.Step >= len(steps) || len(l.plan.People) == 0 {
		return ""
	}
	at := s.Stepped.Add(steps[s.Step].Wait)
	for i := s.Step + 1; i < len(steps); i++ {
		called := namesOf(l.plan.Called(i, at))
		if len(called) == 0 {
			continue // it takes no time
		}
		if !at.After(l.now) {
			return l.Say("If nobody says that she is on it, this goes to %s now.", l.names(called))
		}
		return l.Say("If nobody says that she is on it by %s, this goes to %s too.", l.soon(at), l.names(called))
	}
	return l.Say("There is nobody else to call: the calls go on until somebody says that she is on it.")
}

// told says who was told when, those of the team last.
func (l *look) told(s alert.Standing) (out []told) {
	lines := []alert.Heard{}
	for _, h := range s.Lines {
		if h.Round == s.Round {
			lines = append(lines, h)
		}
	}
	slices.SortFunc(lines, byPerson)
	for _, h := range lines {
		one := told{Who: l.Say("%s, by %s", h.Person, h.Channel)}
		if h.Person == "" {
			one.Who = l.Say("The team, by %s", h.Channel)
		}
		switch {
		case h.First.IsZero():
		case h.Times > 1:
			one.Said = l.Say("told at %s, and again until %s: %s times", l.clock(h.First), l.clock(h.Last), l.Number(h.Times))
		default:
			one.Said = l.Say("told at %s", l.clock(h.First))
		}
		if h.Why != "" {
			one.Fault = l.Say("did not arrive at %s: %s", l.clock(h.Tried), l.why(h.Why))
		}
		out = append(out, one)
	}
	return out
}

func byPerson(a, b alert.Heard) int {
	if (a.Person == "") != (b.Person == "") {
		return strings.Compare(b.Person, a.Person)
	}
	if d := a.First.Compare(b.First); d != 0 {
		if a.First.IsZero() || b.First.IsZero() {
			return -d // what never arrived comes last
		}
		return d
	}
	return strings.Compare(a.Person+" "+a.Channel, b.Person+" "+b.Channel)
}

// why is a reason of a channel, as the end of a sentence.
func (l *look) why(s string) string { return l.Whole(say.Sentence(s, "")) }

// where is the platform and the account as people call them.
func (l *look) where(s string) string {
	if s == "" {
		return ""
	}
	platform, account, _ := strings.Cut(s, " ")
	return strings.TrimSpace(l.Platform(platform) + " " + account)
}

// thing is a trouble in one line.
func (l *look) thing(s alert.Standing) string {
	parts := []string{l.Whole(s.Alert.What)}
	if s.Alert.Count > 1 {
		parts[0] += " (" + l.Number(s.Alert.Count) + ")"
	}
	if at := l.where(s.Alert.Where); at != "" {
		parts = append(parts, at)
	}
	said := strings.Join(parts, ", ")
	if s.Alert.Since.IsZero() {
		return said
	}
	return l.Say("%s, since %s", said, l.clock(s.Alert.Since))
}

// link is the page of the desk that an alert leads to; empty: it leads elsewhere.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	path := u.Path
	if path == "" {
		path = "/"
	}
	if page.Local(path) != path {
		return ""
	}
	if u.RawQuery != "" {
		path += "?" + u.Query().Encode()
	}
	return path
}
