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
	// Next is what comes if nobody does anything, and Last says that nobody else does.
	Next []coming
	Last string
	// Ack says who is on it, and Asked what comes if she does not say so again. May: the
	// reader may say that she is. Mine: she said so, and is asked again. Cannot says why
	// she may not.
	Ack, Asked string
	May, Mine  bool
	Cannot     string
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
	out.OnAll = l.Say("I’m on all %s", l.Number(len(out.All)))
}

func (l *look) trouble(s alert.Standing, i int) trouble {
	a := s.Alert
	t := trouble{Alert: formValue(s), ID: fmt.Sprintf("wrong-%d", i+1), What: say.Capital(l.Whole(a.What)), Where: l.where(a.Where), Link: link(a.Link),
		Loud: a.Severity == alert.Page, May: l.mayAnswer()}
	if a.Count > 1 {
		t.Count = l.Number(a.Count)
	}
	if !a.Since.IsZero() {
		t.When = l.Say("since %s, for %s", l.clock(a.Since), l.age(l.now.Sub(a.Since)))
	}
	t.Calling = t.Loud && s.Ack == nil
	switch {
	case s.Ack != nil:
		t.Mine = t.Loud && l.due(*s.Ack)
		t.May, t.Ack = t.Mine, l.ack(*s.Ack)
		if t.Loud {
			t.Asked = l.asked(*s.Ack)
		}
	case t.Loud:
		t.Next = l.next(s)
		if _, more := l.step(s); len(more) == 0 && len(l.plan.People) > 0 && !s.Stepped.IsZero() {
			t.Last = l.Say("There is nobody else to call: the calls go on until somebody says that she is on it.")
		}
		if !t.May {
			t.Cannot = l.Say("Who reads comments, or is called, can say that she is on it. Call one of them yourself if this goes on.")
		}
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
	return l.Say("%s is on it, since %s: she said so by %s.", who, at, l.way(a.How))
}

// due reports whether the reader is on something and is to say so again: when she is
// reminded, or, where no reminder reaches her, some time before the calls begin anew.
func (l *look) due(a alert.Ack) bool {
	when := a.At.Add(l.pace.Forgotten)
	if !l.listed(a.By) {
		when = when.Add(-l.pace.Repeat)
	}
	return a.By == l.me.Name && !l.now.Before(when)
}

// asked says what comes if whoever is on it does not say so again.
func (l *look) asked(a alert.Ack) string {
	reminded := a.At.Add(l.pace.Forgotten)
	ends := reminded
	if l.listed(a.By) {
		ends = reminded.Add(l.pace.Repeat)
	}
	switch mine := a.By == l.me.Name; {
	case mine && l.due(a):
		return l.Say("Are you still on it? If you do not say so by %s, the calls begin anew.", l.soon(ends))
	case mine && l.listed(a.By):
		return l.Say("If it lasts, you are asked at %s whether you still are.", l.soon(reminded))
	case mine:
		return l.Say("If it lasts, say so again before %s: then the calls begin anew.", l.soon(ends))
	}
	return l.Say("If it lasts and she does not say so again, the calls begin anew at %s.", l.soon(ends))
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
		one := told{Who: l.whom(h.Person, h.Channel)}
		switch {
		case h.First.IsZero():
		case h.Person == "" && l.isScreen(h.Channel):
			one.Said = l.Say("it stands there since %s", l.clock(h.First))
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
