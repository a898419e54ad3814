package cases

import (
	"context"
	"errors"
	"net/http"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
)

// doneLine is one action and where it stands.
type doneLine struct {
	Kind, Stands string
	// Verb is what it does when its time has come: "Goes out in %s."
	Verb string
	// Text is what we say; it passed the gate.
	Text string
	// Copy: a person publishes Text by hand.
	Copy bool
	// Reason is why it is hidden.
	Reason string
	// Note says what is unusual about it: nobody approved it, or the gate refused it.
	Note string
	// Seconds until it goes out; 0: it is not waiting for that.
	Seconds int
}

// done says what was decided and where each action stands.
func (v *reader) done(ctx context.Context, c respond.Case) ([]doneLine, error) {
	var out []doneLine
	var reply time.Time // when it goes out: nothing is hidden before
	for _, a := range c.Actions {
		if a.State == respond.Approved && a.Kind == ingest.Reply {
			reply = a.Due
		}
		if a.State == respond.Approved && a.Kind == ingest.Hide && reply.After(a.Due) {
			a.Due, a.Why = reply, "not before the reply"
		}
		line := doneLine{Kind: v.Words.Say(kindWords[a.Kind]), Stands: v.standing(a), Verb: v.goesIn(a.Kind, "%s"),
			Reason: v.Words.Whole(respond.HideReasons()[a.Reason]), Note: v.unusual(a)}
		if a.State == respond.Approved {
			line.Seconds = v.until(a.Due)
		}
		if a.State == respond.Dismissed && a.Text == "" {
			line.Kind = v.Words.Say("Decision")
		}
		if a.Text != "" {
			content, err := v.Desk.Texts.Open(ctx, a.Text)
			if err != nil && !errors.Is(err, respond.ErrGone) {
				return nil, err
			}
			line.Text, line.Copy = content.Text, a.State == respond.Manual && content.Text != ""
		}
		out = append(out, line)
	}
	return out, nil
}

// until is how many seconds are left until a moment.
func (v *reader) until(t time.Time) int {
	return max(0, int((t.Sub(v.Now())+time.Second-1)/time.Second))
}

// unusual says that nobody approved an action, or that the gate refused it.
func (v *reader) unusual(a respond.Action) string {
	w := v.Words
	why := w.Whole(respond.Overrides()[a.Override])
	switch {
	case a.Override != "" && a.Second != "":
		return w.Say("Let out against the check by %s, confirmed by %s: %s.", a.By, a.Second, why)
	case a.Override != "":
		return w.Say("Let out against the check by %s: %s.", a.By, why)
	case a.By == respond.Machine && a.State == respond.Approved:
		if happens(a.Kind) {
			return w.Say("Approved automatically, happens at %s. Anybody can stop it until then.", v.clock(a.Due))
		}
		return w.Say("Approved automatically, goes out at %s. Anybody can stop it until then.", v.clock(a.Due))
	case a.By == respond.Machine && a.State == respond.Sent:
		return w.Say("Approved automatically.")
	}
	return ""
}

// bar stands on top while something can be taken back, so that nobody has to look for
// that.
type bar struct {
	// Case is the one to take back; Before names it if it is another than the page's.
	Case, Before string
	// Say is what becomes of it, and Verb that in Seconds, as of a doneLine.
	Say, Verb string
	Seconds   int
}

// How long a decision by which nothing goes out is offered to be taken back on other
// pages, and where the session keeps which it was.
const (
	offeredFor = 10 * time.Minute
	decidedKey = "decided"
)

// bar is about the case itself; or else about what she decided last, in this session.
func (v *reader) bar(ctx context.Context, c respond.Case) *bar {
	if !v.User.Role.May(people.Decide) {
		return nil
	}
	if c.CanUndo() {
		return v.takesBack(c)
	}
	id := v.Sessions.GetString(ctx, decidedKey)
	if id == "" || id == c.ID() {
		return nil
	}
	last, err := v.Desk.Cases.Get(ctx, id)
	if err != nil || !last.CanUndo() || !v.justDecided(last) {
		return nil // it is a convenience: the case itself offers it too
	}
	out := v.takesBack(last)
	out.Before = v.Words.Say("Before: %s, %s.", v.Words.Lane(last.Lane), v.Words.Platform(last.Comment.Platform))
	return out
}

// justDecided reports whether the last thing that happened to a case is a decision of
// the reader, lately.
func (v *reader) justDecided(c respond.Case) bool {
	if last := lastStep(c); !last.Decides() || last.By != v.User.Name {
		return false
	}
	return c.State() == respond.Approved || v.Now().Sub(c.LastStep()) < offeredFor
}

// takesBack says what is to be taken back.
func (v *reader) takesBack(c respond.Case) *bar {
	out := &bar{Case: c.ID()}
	for _, a := range c.Actions {
		if a.State == respond.Approved {
			out.Say, out.Verb, out.Seconds = v.goesOut(a), v.goesIn(a.Kind, "%s"), v.until(a.Due)
			return out
		}
	}
	out.Say = v.Words.Say(settledWords[c.State()])
	if c.Label != nil && c.Label.Said && c.Lane == respond.LaneSample {
		out.Say = v.Words.Say("Saved: it was rightly not flagged.")
	}
	return out
}

// settledWords says of a case by which nothing goes out how it was settled.
var settledWords = map[respond.State]string{
	respond.Dismissed: "Decided: nothing is to be said.",
	respond.Recorded:  "Recorded: posting is off, so nothing goes out.",
	respond.Manual:    "Left for a person to do by hand.",
}

// outcomeForm tells, and asks, what became of a conversation.
type outcomeForm struct {
	// Is says what was recorded; empty: nothing was.
	Is      string
	Choices []reason
}

// outcomeForm makes the form; nil: there is nothing to ask.
func (v *reader) outcomeForm(c respond.Case) *outcomeForm {
	f := &outcomeForm{}
	if o := c.Outcome; o != nil {
		f.Is = v.Words.Say("%s: %s, %s.", v.Words.Outcome(o.Code), o.By, v.clock(o.At))
	}
	if c.CanOutcome() && v.User.Role.May(people.Decide) {
		for _, code := range respond.Outcomes {
			f.Choices = append(f.Choices, reason{Code: code, Words: v.Words.Outcome(code), On: c.Outcome != nil && c.Outcome.Code == code})
		}
	}
	if f.Is == "" && f.Choices == nil {
		return nil
	}
	return f
}

// Outcome records what became of a conversation.
func (p *Pages) Outcome(w http.ResponseWriter, r *http.Request) error {
	return p.aside(w, r, func(c respond.Case, _ *typed) error {
		_, err := p.Desk.Outcome(r.Context(), c.ID(), r.PostFormValue("outcome"), page.VisitOf(r).User.Name)
		return err
	})
}

// Handle records that somebody did by hand what was to be done.
func (p *Pages) Handle(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, _ *typed) error {
		_, err := p.Desk.Handle(r.Context(), d)
		return err
	})
}

// Undo takes a decision back.
func (p *Pages) Undo(w http.ResponseWriter, r *http.Request) error {
	return p.aside(w, r, func(c respond.Case, _ *typed) error {
		_, err := p.Desk.Undo(r.Context(), c.ID(), page.VisitOf(r).User.Name)
		return err
	})
}
