package send

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/may"
)

// rule is one for which an action waits though its undo window is over.
type rule struct {
	name string
	// value is the rule as it stands, for Action.Held.
	value func(respond.Rules) string
	// holds are the kinds of actions that it holds back.
	holds []ingest.ActionKind
	// until is when such an action may go out, and why not now.
	until func(*work, may.Waits) (time.Time, string)
}

var (
	everything = []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}
	said       = everything[:2]
	public     = everything[:1]
)

// rules hold an action in this order.
var rules = []rule{
	{"pause", func(respond.Rules) string { return "" }, everything, (*work).paused},
	{"quiet", func(r respond.Rules) string { return r.Quiet.String() }, said, (*work).quiet},
	{"daily_cap", func(r respond.Rules) string { return fmt.Sprint(r.Cap()) }, everything, func(w *work, all may.Waits) (time.Time, string) {
		return all.Full, fmt.Sprintf("this account did %d things within a day, which is its limit", w.rules().Cap())
	}},
	{"thread_cap", func(r respond.Rules) string { return fmt.Sprint(r.ThreadCap) }, public, func(w *work, all may.Waits) (time.Time, string) {
		return all.Crowded, fmt.Sprintf("we answered %d times under this post within a day, which is the limit", w.rules().ThreadCap)
	}},
}

func (r rule) held(now respond.Rules) string { return r.name + "=" + r.value(now) }

// stands reports whether the rule that holds an action is still as it was.
func stands(held string, now respond.Rules) bool {
	name, _, _ := strings.Cut(held, "=")
	i := slices.IndexFunc(rules, func(r rule) bool { return r.name == name })
	return i >= 0 && rules[i].held(now) == held
}

// hold lets the action wait if a rule says so, and reports whether one does.
func (w *work) hold(ctx context.Context) (held bool, err error) {
	if twice, err := w.twice(ctx); twice || err != nil {
		return true, err
	}
	all, a := w.sender.Desk.Waits(w.c), w.action()
	a.Held = ""
	for _, r := range rules {
		if !slices.Contains(r.holds, a.Kind) {
			continue
		}
		if until, why := r.until(w, all); until.After(w.now()) {
			a.Held = r.held(w.rules())
			return true, w.postpone(ctx, until, r.name, why)
		}
	}
	return false, nil
}

// urgent reports whether what goes out on the case may not be put off unseen.
func (w *work) urgent() bool { return w.c.Lane.Urgent() }

// tooLong reports whether the action cannot be put off until then.
func (w *work) tooLong(until time.Time) bool {
	return w.urgent() && until.Sub(w.now()) > may.Patience
}

// paused: the platform asked to send nothing.
func (w *work) paused(all may.Waits) (time.Time, string) {
	return later(all.Paused, w.sender.pausedUntil(w.c.Comment.Account)), "the platform asked this account to send nothing for a while"
}

// quiet: nothing that can wait goes out at night. Where something is to be hidden
// it cannot, for the reply goes out before; nor can a private message whose time
// is over by then.
func (w *work) quiet(all may.Waits) (time.Time, string) {
	hides := slices.ContainsFunc(w.c.Actions, func(a respond.Action) bool {
		return a.Kind == ingest.Hide && a.State == respond.Approved
	})
	if hides || w.action().Kind == ingest.Private && !w.c.Comment.PrivateUntil.After(all.Quiet) {
		return time.Time{}, ""
	}
	return all.Quiet, "goes out at " + all.Quiet.Format("15:04") + ": quiet hours"
}
