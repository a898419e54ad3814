package oncall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
)

// channel is how a channel does.
type channel struct {
	Name, Kind string
	// OK is when it last took something, Fault since when it fails and why.
	OK, Fault string
	// May: the reader may have a test sent by it.
	May bool
}

// line is one of the reader's own ways to be called.
type line struct{ Number, Says string }

// kinds says what a channel is; what is not here is a name of its own.
var kinds = map[string]string{"email": "E-mail", "sms": "SMS", "voice": "Phone call", "webhook": "Webhook", "terminal": "Only shown where triage runs"}

// channels says how the channels do, and what can be tried.
func (l *look) channels(out *onCallPage) {
	for _, c := range l.duty.Channels {
		one := channel{Name: c.Name, Kind: c.Kind, May: l.arranges()}
		if kind, known := kinds[c.Kind]; known {
			one.Kind = l.Say(kind)
		}
		if strings.EqualFold(one.Kind, one.Name) {
			one.Kind = ""
		}
		state := l.state[c.Name]
		one.OK = l.Say("Nothing was sent by it yet.")
		if !state.OK.IsZero() {
			one.OK = l.Say("It last took something at %s.", l.clock(state.OK))
		}
		if !state.Failing.IsZero() {
			one.Fault = l.Say("It has failed since %s: %s", l.clock(state.Failing), l.why(state.Why))
		}
		out.Channels = append(out.Channels, one)
	}
	me, _ := l.person(l.me.Name)
	for i, own := range me.Lines {
		one := line{Number: strconv.Itoa(i), Says: l.Say("%s, at once", own.Channel)}
		if own.After > 0 {
			one.Says = l.Say("%s, if you do not answer within %s", own.Channel, l.Span(own.After))
		}
		out.Lines = append(out.Lines, one)
	}
}

var (
	errSoon = &page.Refusal{Status: http.StatusTooManyRequests, Title: "Too soon",
		Say: "A test went out on this channel less than a minute ago. Nothing was sent. Wait a minute, then try again."}
	errNoLine = &page.Refusal{Status: http.StatusNotFound, Title: "No such channel",
		Say: "There is no such channel any more, or it is not yours. Nothing was sent. Go back and load the page again."}
	errNoTest = &page.Refusal{Status: http.StatusForbidden, Title: "Not yours to do",
		Say: "You can send tests to yourself. To a channel of everybody a privacy officer or an admin does it. Nothing was sent."}
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
	me, _ := l.person(l.me.Name)
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
		return l.Say("%s took the test. Look whether it arrived.", is.Channel), ""
	}
	return "", l.Say("The test by %s did not arrive: %s", is.Channel, l.why(is.Why))
}
