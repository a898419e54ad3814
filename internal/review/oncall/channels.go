package oncall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/audit"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// way is how a channel does, as a way to reach people.
type way struct {
	// Kind is what it is in everyday words, and Called the name that the practice gave it,
	// if that is another.
	Name, Kind, Called string
	// OK is when it last took something, Fault since when it fails and why.
	OK, Fault string
	// Of says whom it does not reach though it works.
	Of []string
	// May: the reader may have a test sent by it.
	May bool
}

// line is one of the reader's own ways to be called.
type line struct{ Number, Way, When string }

// channels says how the channels do, and what can be tried.
func (l *look) channels(out *onCallPage) {
	for _, c := range l.duty.Channels {
		one := way{Name: c.Name, Kind: c.Name, May: l.arranges()}
		if kind := l.kind(c); kind != "" && !strings.EqualFold(kind, c.Name) {
			one.Kind, one.Called = say.Capital(kind), c.Name
		}
		state := l.state[c.Name]
		one.OK = l.Say("Nothing was sent this way yet.")
		if !state.OK.IsZero() {
			one.OK = l.Say("Last sent at %s.", l.clock(state.OK))
		}
		if !state.Failing.IsZero() {
			one.Fault = l.Say("Not working since %s: %s", l.clock(state.Failing), l.why(state.Why))
		} else {
			one.Of = l.faults(state)
		}
		out.Ways = append(out.Ways, one)
	}
	out.Lines = l.lines()
}

// faults say whom a channel does not reach that reaches others.
func (l *look) faults(s alert.State) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(s.Of)) {
		f := s.Of[name]
		out = append(out, l.Say("It has not reached %s since %s: %s", name, l.clock(f.Since), l.why(f.Why)))
	}
	return out
}

// lines are the reader's own ways to be called, in the order in which they are tried.
func (l *look) lines() (out []line) {
	me, _ := l.plan.Person(l.me.Name)
	before := roster.Line{}
	for n, i := range order(me.Lines) {
		own := me.Lines[i]
		one := line{Number: strconv.Itoa(i), Way: say.Capital(l.way(own.Channel))}
		switch {
		case n > 0 && own.After == before.After:
			one.When = l.Say("only if %s fails", l.way(before.Channel))
		case n == 0 || own.After == 0:
			one.When = l.Say("at once")
		default:
			one.When = l.Say("%s later, if you have not answered; at once if everything above fails", l.exact(own.After))
		}
		out, before = append(out, one), own
	}
	return out
}

var (
	errSoon = &page.Refusal{Status: http.StatusTooManyRequests, Title: "Too soon",
		Say: "A test went out this way less than a minute ago. Nothing was sent. Wait a minute, then try again."}
	errNoLine = &page.Refusal{Status: http.StatusNotFound, Title: "There is no such way",
		Say: "The configuration no longer has this way to reach people, or it is not yours. Nothing was sent. Go back and load the page again."}
	errNoTest = &page.Refusal{Status: http.StatusForbidden, Title: "Not yours to do",
		Say: "You can send tests to yourself. Other ways are tried by a privacy officer or an admin. Nothing was sent."}
)

// patience is how long a channel has to take a test.
const patience = 20 * time.Second

// result is what became of a test, kept in the session until it is shown.
type result struct{ Channel, Why string }

const sessionTest = "on-call-test"

// Test sends a test on a line of the reader's, or on a channel.
func (p *Pages) Test(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	if p.Calls == nil {
		return page.ErrNowhere
	}
	to, whose, err := p.look(page.VisitOf(r)).testLine(r.PostFormValue("line"), r.PostFormValue("channel"))
	if err != nil {
		return err
	}
	if !p.mayTest(to.Channel) {
		return errSoon
	}
	err = p.Recorded(r, audit.Act{Do: "alert-tested", On: to.Channel, Note: whose}, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return failed(p.Calls.Test(ctx, to))
	})
	var why *alert.Failure
	if err != nil && !errors.As(err, &why) {
		return err
	}
	is := result{Channel: to.Channel}
	if why != nil {
		is.Why = why.Why
		p.Log.Warn("a test was not taken", zap.String("channel", to.Channel), zap.NamedError("cause", why.Cause))
	}
	data, err := json.Marshal(is)
	if err != nil {
		return err
	}
	p.Sessions.Put(r.Context(), sessionTest, string(data))
	http.Redirect(w, r, here, http.StatusSeeOther)
	return nil
}

// failed makes of any error one that says what people may read.
func failed(err error) error {
	var f *alert.Failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &alert.Failure{Why: alert.WhyOf(err), Cause: fmt.Errorf("a channel returned %T", err)} // its words may hold a secret
}

// testLine is the line that a form names: one of the reader's own, or that of a channel.
func (l *look) testLine(own, name string) (to roster.Line, whose string, err error) {
	me, _ := l.plan.Person(l.me.Name)
	if name == "" {
		i, err := strconv.Atoi(own)
		switch {
		case own == "":
			return to, "", page.ErrForm
		case err != nil || i < 0 || i >= len(me.Lines):
			return to, "", errNoLine
		}
		return me.Lines[i], "own", nil
	}
	if !l.arranges() {
		return to, "", errNoTest
	}
	if !slices.ContainsFunc(l.duty.Channels, func(c alert.Channel) bool { return c.Name == name }) {
		return to, "", errNoLine
	}
	for _, line := range slices.Concat(l.plan.Team, me.Lines) { // an address that is known to be right
		if line.Channel == name {
			return line, "channel", nil
		}
	}
	return roster.Line{Channel: name}, "channel", nil
}

// mayTest reports whether no test went out on a channel for a while, and notes this one.
func (p *Pages) mayTest(channel string) bool {
	p.turn.Lock()
	defer p.turn.Unlock()
	now := p.Now()
	if last, ok := p.tested[channel]; ok && now.Sub(last) < perTest {
		return false
	}
	if p.tested == nil {
		p.tested = map[string]time.Time{}
	}
	p.tested[channel] = now
	return true
}

// takeTest is what became of the reader's last test, told once.
func (p *Pages) takeTest(r *http.Request) (is result, ok bool) {
	ok = json.Unmarshal([]byte(p.Sessions.PopString(r.Context(), sessionTest)), &is) == nil
	return is, ok
}

// tested says what became of a test.
func (l *look) tested(is result) (done, notice string) {
	if is.Why == "" {
		return l.Say("The test by %s was sent. Look whether it arrived.", l.way(is.Channel)), ""
	}
	return "", l.Say("The test by %s did not arrive: %s", l.way(is.Channel), l.why(is.Why))
}
