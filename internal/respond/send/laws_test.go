package send

import (
	"context"
	"fmt"
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// laws are what holds whatever happens: looked at after every event and, for those
// about what goes out, when the sender stores that it begins. This is the one place
// where they are written.
var laws = []struct {
	name  string
	broke func(b *bedlam, c, was respond.Case) string
}{
	{"one public and one private reply per comment, ever", func(b *bedlam, c, _ respond.Case) string {
		for _, kind := range []ingest.ActionKind{ingest.Reply, ingest.Private} {
			if n := b.Plat.Effects[string(kind)+" "+b.items[c.ID()]]; n > 1 {
				return fmt.Sprintf("%d times %s", n, kind)
			}
		}
		return ""
	}},
	{"nothing approved vanishes", func(b *bedlam, c, was respond.Case) string {
		told := func(e respond.Entry) bool {
			return slices.Contains([]string{"undone", "withdrawn", "edited", "answered"}, e.Do)
		}
		for _, a := range was.Actions {
			if underWay(a) && same(c, a) == nil && !slices.ContainsFunc(c.History[len(was.History):], told) {
				return fmt.Sprintf("%s was %s", a.Kind, a.State)
			}
		}
		return ""
	}},
	{"what did not go out says why", func(_ *bedlam, c, _ respond.Case) string {
		for _, a := range c.Actions {
			if (a.State == respond.Failed || a.State == respond.Manual || a.State == respond.Withdrawn) && a.Why == "" {
				return fmt.Sprintf("%s is %s", a.Kind, a.State)
			}
		}
		return ""
	}},
	{"a case that waits for a person is open", func(_ *bedlam, c, _ respond.Case) string {
		waits := slices.ContainsFunc(c.Actions, respond.Action.NeedsPerson)
		busy := c.State() == respond.Approved || c.State() == respond.Sending
		if waits && !c.Open() && !busy || len(c.Actions) == 0 && !c.Open() {
			return fmt.Sprintf("%+v", c.Actions)
		}
		return ""
	}},
	{"no state but the known transitions", func(_ *bedlam, c, was respond.Case) string {
		for _, a := range was.Actions {
			if now := same(c, a); now != nil && now.State != a.State && !slices.Contains(follows[a.State], now.State) {
				return fmt.Sprintf("%s went from %s to %s", a.Kind, a.State, now.State)
			}
		}
		return ""
	}},
	{"what is said to be out is out", func(b *bedlam, c, _ respond.Case) string {
		for _, a := range c.Actions {
			if a.State == respond.Sent && a.Intent != nil && b.Plat.Effects[string(a.Kind)+" "+b.items[c.ID()]] == 0 && !b.byHand[c.ID()] {
				return string(a.Kind)
			}
		}
		return ""
	}},
	{"an action that may be out is never tried again", func(_ *bedlam, c, was respond.Case) string {
		for _, a := range was.Actions {
			again := a.Kind == ingest.Reply || a.Kind == ingest.Private
			if now := same(c, a); now != nil && again && a.Unclear && now.State == respond.Approved {
				return string(a.Kind)
			}
		}
		return ""
	}},
	{"nothing goes out in shadow, too early, after an erasure or an undo", func(b *bedlam, c, was respond.Case) string {
		for _, a := range begun(c, was) {
			before := same(was, a)
			switch {
			case before == nil:
				return "it was taken back"
			case before.State != respond.Approved:
				return "it was " + string(before.State)
			case b.Live.Shadow:
				return "in shadow"
			case b.Gone[c.ID()]:
				return "erased"
			case b.Clock.Before(a.Approved.Add(b.Live.Window)) && b.Clock.Before(before.Due):
				return fmt.Sprintf("at %v, approved at %v", b.Clock, a.Approved)
			}
		}
		return ""
	}},
	{"hidden with a reason only, and after the answer", func(_ *bedlam, c, was respond.Case) string {
		for _, a := range begun(c, was) {
			waits := func(r respond.Action) bool {
				return (r.Kind == ingest.Reply || r.Kind == ingest.Private) && (r.State == respond.Approved || r.State == respond.Sending)
			}
			if a.Kind == ingest.Hide && (respond.HideReasons()[a.Reason] == "" || slices.ContainsFunc(c.Actions, waits)) {
				return a.Reason
			}
		}
		return ""
	}},
	{"nothing that the gate refuses goes out with one pair of eyes", func(b *bedlam, c, was respond.Case) string {
		for _, a := range begun(c, was) {
			said, err := b.Texts.Open(context.Background(), a.Text)
			if err != nil && a.Text != "" {
				return err.Error()
			}
			refused := len(b.Gate.Check(respond.Outgoing{Text: said.Text, Platform: c.Comment.Platform})) > 0
			if refused && (a.Second == "" || a.Second == a.By) {
				return fmt.Sprintf("%s by %s and %q", a.Kind, a.By, a.Second)
			}
		}
		return ""
	}},
	{"whose case it is, and what colleagues note, decides nothing", func(_ *bedlam, c, was respond.Case) string {
		n := len(was.History)
		if len(c.History) == n || slices.ContainsFunc(c.History[n:], respond.Entry.Step) || c.Step() == was.Step() && c.State() == was.State() {
			return ""
		}
		return fmt.Sprintf("%s after %+v", c.State(), c.History[n:])
	}},
	{"nothing routine goes out in quiet hours", func(b *bedlam, c, was respond.Case) string {
		hides := slices.ContainsFunc(c.Actions, func(a respond.Action) bool { return a.Kind == ingest.Hide })
		for _, a := range begun(c, was) {
			looked := b.Clock.Add(-5 * time.Minute) // the platform took its time since
			night := !b.Live.Quiet.Until(b.Clock).IsZero() && !b.Live.Quiet.Until(looked).IsZero()
			if a.Kind == ingest.Reply && c.Lane.Waits() && !hides && night {
				return b.Clock.String()
			}
		}
		return ""
	}},
	{"the daily cap is kept", func(b *bedlam, c, was respond.Case) string {
		if len(begun(c, was)) == 0 {
			return ""
		}
		n := 1
		for _, at := range b.out {
			if b.Clock.Sub(at).Abs() < 24*time.Hour {
				n++
			}
		}
		if n > b.Live.Cap()+1 { // one, if another sender does something between the look and the call
			return fmt.Sprintf("%d of %d", n, b.Live.Cap())
		}
		return ""
	}},
}

// follows are the states that an action may go to from each.
var follows = map[respond.State][]respond.State{
	respond.Approved:  {respond.Sending, respond.Sent, respond.Withdrawn, respond.Manual, respond.Failed},
	respond.Sending:   {respond.Sent, respond.Failed, respond.Manual, respond.Approved, respond.Withdrawn},
	respond.Manual:    {respond.Dismissed, respond.Sent, respond.Withdrawn},
	respond.Failed:    {respond.Dismissed, respond.Withdrawn},
	respond.Withdrawn: {respond.Dismissed, respond.Sent}, // sent: the answer came late
	respond.Sent:      {respond.Failed},
	respond.Dismissed: {respond.Sent},
}

// same finds an action again; nil: it is there no more.
func same(c respond.Case, a respond.Action) *respond.Action {
	for i, o := range c.Actions {
		if o.Kind == a.Kind && o.Text == a.Text && o.Approved.Equal(a.Approved) && !a.Approved.IsZero() {
			return &c.Actions[i]
		}
	}
	return nil
}

// begun are the actions of which c stores that they begin.
func begun(c, was respond.Case) (out []respond.Action) {
	for _, a := range c.Actions {
		before := same(was, a)
		if a.State == respond.Sending && (before == nil || before.State != respond.Sending) {
			out = append(out, a)
		}
	}
	return out
}

// hold fails if a law is broken between two versions of a case.
func (b *bedlam) hold(c, was respond.Case) error {
	for _, law := range laws {
		if how := law.broke(b, c, was); how != "" {
			return fmt.Errorf("broken: %s (%s)", law.name, how)
		}
	}
	return nil
}
