package send

import (
	"context"
	"errors"
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// reconcile finds out what became of an attempt whose answer is not known: its
// process died, or the platform did not answer clearly. It never acts blindly.
func (w *work) reconcile(ctx context.Context) error {
	seen, err := w.observe(ctx)
	if err != nil {
		return w.lookLater(ctx, respond.Manual, "it is not known whether this went out, and the platform cannot be read: please look there")
	}
	text, err := w.text(ctx)
	if err != nil && !errors.Is(err, respond.ErrGone) {
		return err
	}
	a := w.action()
	switch {
	case w.happened(seen, text):
		a.Unclear = false
		if w.standing(seen) == ingest.Rejected {
			return w.end(ctx, respond.Failed, a.Code, respond.Standing[ingest.Rejected])
		}
		return w.end(ctx, respond.Sent, "", respond.Standing[w.standing(seen)])
	case a.Kind == ingest.Hide || a.Kind == ingest.TakeDown: // doing it twice is the same as once
		a.Unclear = false
		if a.Intent.Attempt >= looksMost {
			return w.end(ctx, respond.Manual, "", "the platform did not take this, several times: please do it by hand")
		}
		return w.postpone(ctx, w.now().Add(lookAgain), "", "")
	}
	return w.end(ctx, respond.Manual, a.Code, "it is not known whether this went out: please look on the platform, answer there if it did not, then mark it as handled")
}

// happened reports whether the action's effect shows on the platform.
func (w *work) happened(o ingest.Observation, text string) bool {
	a := w.action()
	switch a.Kind {
	case ingest.Hide:
		return o.Hidden
	case ingest.TakeDown:
		return o.Gone
	case ingest.Private:
		return o.Answered
	}
	for _, r := range o.Own {
		id := w.itemID(r.Item)
		if !slices.Contains(a.Intent.Before, id) && sameText(r.Text, text) {
			a.Item = id
			return true
		}
	}
	return false
}

// standing is how the platform's own review of what was made stands.
func (w *work) standing(o ingest.Observation) ingest.Standing {
	for _, r := range o.Own {
		if w.action().Item == w.itemID(r.Item) {
			return r.Standing
		}
	}
	return ingest.Shown
}

// sameText compares a published text with ours as far as platforms leave it.
func sameText(a, b string) bool { return squash(a) == squash(b) }

func squash(s string) string { return strings.Join(strings.Fields(s), " ") }
