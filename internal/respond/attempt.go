package respond

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// work is one action of one case while the sender is at it.
type work struct {
	sender  *Sender
	c       Case
	i       int
	actor   ingest.Actor
	content ingest.Content
}

func (w *work) action() *Action { return &w.c.Actions[w.i] }
func (w *work) now() time.Time  { return w.sender.Desk.Now() }

func (w *work) itemID(item string) string {
	return w.sender.Desk.Names.ID(w.c.Comment.Platform, w.c.Comment.Account, item)
}

// attempt looks whether the action is still right, stores the intent, and makes
// the one call.
func (w *work) attempt(ctx context.Context) error {
	if at := w.sender.overCap(w.c.Comment.Account); at.After(w.now()) {
		return w.postpone(ctx, at, "the daily limit of this account is reached")
	}
	if w.blocked() {
		return w.end(ctx, Manual, "", "the public reply did not go out, so this was not done either: please look and decide again")
	}
	seen, err := w.actor.Observe(ctx, w.content.Item)
	if err != nil {
		return w.lookLater(ctx, Manual, "the platform could not be read before sending; nothing went out: please try again or do it by hand")
	}
	if state, why := w.stale(seen); state != "" {
		return w.end(ctx, state, "", why)
	}
	text, err := w.text(ctx)
	if err != nil {
		return err
	}
	if w.refused(ctx, text) {
		return w.end(ctx, Manual, "gate", "the rules for replies changed and no longer allow this text: please write another one")
	}
	a := w.action()
	a.State, a.Due, a.Why, a.Code = Sending, time.Time{}, "", ""
	a.Intent = &Intent{Attempt: attempts(a) + 1, Started: w.now(), Before: w.ownBefore(seen)}
	w.c.note(w.now(), Machine, "sending", string(a.Kind))
	if w.c, err = w.sender.Desk.Cases.Update(ctx, w.c); err != nil {
		return err // somebody undid it a moment before
	}
	w.sender.Desk.changed()
	return w.take(ctx, w.actor.Act(ctx, ingest.Action{Kind: a.Kind, Item: w.content.Item, Text: text}))
}

func attempts(a *Action) int {
	if a.Intent == nil {
		return 0
	}
	return a.Intent.Attempt
}

// blocked reports whether a hide waits for a reply that will not come: reply
// first, then hide.
func (w *work) blocked() bool {
	return w.action().Kind == ingest.Hide && slices.ContainsFunc(w.c.Actions, func(a Action) bool {
		return a.Kind == ingest.Reply && (a.State == Manual || a.State == Failed || a.State == Withdrawn)
	})
}

// stale reports whether what was approved is no longer right, as the comment
// stands on the platform now, and in which state that leaves the action.
func (w *work) stale(o ingest.Observation) (State, string) {
	kind := w.action().Kind
	switch {
	case kind == ingest.TakeDown && o.Gone:
		return Sent, "it was gone from the platform already"
	case kind == ingest.TakeDown:
		return "", ""
	case o.Gone:
		return Withdrawn, "the comment is no longer on the platform"
	case w.edited(o):
		return Withdrawn, "the comment was edited after this was approved"
	case kind == ingest.Hide && o.Hidden:
		return Sent, "it was hidden already"
	case kind == ingest.Reply && o.Hidden:
		return Withdrawn, "the comment was hidden meanwhile"
	case kind == ingest.Reply && len(o.Own) > 0:
		return Withdrawn, "somebody of the practice answered it already"
	case kind == ingest.Private && o.Answered:
		return Withdrawn, "a private message was sent already"
	}
	return "", ""
}

func (w *work) edited(o ingest.Observation) bool {
	text, _ := ingest.Bound(o.Text, false)
	return w.sender.Desk.Names.Version(text) != w.c.Comment.Version
}

// text opens what is to be said.
func (w *work) text(ctx context.Context) (string, error) {
	a := w.action()
	if a.Text == "" {
		return "", nil
	}
	content, err := w.sender.Desk.Texts.Open(ctx, a.Text)
	if err != nil {
		return "", fmt.Errorf("open reply: %w", err)
	}
	return content.Text, nil
}

func (w *work) refused(ctx context.Context, text string) bool {
	if text == "" {
		return false
	}
	problems, err := w.sender.Desk.Problems(ctx, w.c, w.action().Kind, text)
	return err != nil || len(problems) > 0
}

// take stores what came of an attempt.
func (w *work) take(ctx context.Context, o ingest.Outcome) error {
	if o.StopPosting {
		w.sender.pause(w.c.Comment.Account)
	}
	w.sender.Log.Info("acted", zap.String("case", w.c.ID()), zap.String("action", string(w.action().Kind)),
		zap.String("result", string(o.Result)), zap.String("code", o.Code))
	switch o.Result {
	case ingest.Done:
		w.action().Item = w.itemID(o.Item)
		return w.end(ctx, Sent, "", "")
	case ingest.Refused:
		return w.end(ctx, Failed, o.Code, o.Why)
	case ingest.Later:
		if w.action().Intent.Attempt >= looksMost {
			return w.end(ctx, Failed, o.Code, o.Why)
		}
		return w.postpone(ctx, w.now().Add(max(o.After, lookAgain)), o.Why)
	}
	return nil // unclear: it stays sending, and is looked at after Wait
}

// reconcile finds out what became of an attempt whose answer is not known: its
// process died, or the platform did not answer clearly. It never acts blindly.
func (w *work) reconcile(ctx context.Context) error {
	seen, err := w.actor.Observe(ctx, w.content.Item)
	if err != nil {
		return w.lookLater(ctx, Manual, "it is not known whether this went out, and the platform cannot be read: please look there")
	}
	text, err := w.text(ctx)
	if err != nil {
		return err
	}
	a := w.action()
	switch {
	case w.happened(seen, text):
		w.c.note(w.now(), Machine, "found", string(a.Kind))
		return w.end(ctx, Sent, "", "")
	case a.Kind == ingest.Hide || a.Kind == ingest.TakeDown: // doing it twice is the same as once
		if a.Intent.Attempt >= looksMost {
			return w.end(ctx, Manual, "", "the platform did not take this, several times: please do it by hand")
		}
		return w.postpone(ctx, w.now().Add(lookAgain), "")
	}
	return w.end(ctx, Manual, "", "it is not known whether this went out: please look on the platform, and answer there if it did not")
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

// lookLater comes back to an action when the platform can be read again; after
// many times it becomes something for a person.
func (w *work) lookLater(ctx context.Context, last State, why string) error {
	a := w.action()
	if a.Looks++; a.Looks > looksMost {
		return w.end(ctx, last, "", why)
	}
	wait := lookAgain << min(a.Looks-1, 5)
	return w.save(ctx, func(a *Action) { a.Looks, a.Due = w.action().Looks, w.now().Add(wait) }, "")
}

// postpone leaves the action approved, for later. Nothing went out.
func (w *work) postpone(ctx context.Context, until time.Time, why string) error {
	return w.save(ctx, func(a *Action) { a.State, a.Due, a.Why = Approved, until, why }, "postponed")
}

// end settles the action.
func (w *work) end(ctx context.Context, state State, code, why string) error {
	item := w.action().Item
	return w.save(ctx, func(a *Action) {
		a.State, a.Code, a.Why, a.Item, a.Done, a.Due = state, code, why, item, w.now(), time.Time{}
	}, string(state))
}

// save stores a change to the action, whatever happened to the rest of the case
// meanwhile. If the action itself went on, it is left alone.
func (w *work) save(ctx context.Context, f func(*Action), note string) error {
	mine := *w.action()
	_, err := w.sender.Desk.change(ctx, w.c.ID(), func(c *Case) error {
		for i := range c.Actions {
			a := &c.Actions[i]
			if a.Kind != mine.Kind || a.Text != mine.Text || a.By != mine.By || !sameIntent(a.Intent, mine.Intent) {
				continue
			}
			f(a)
			if note != "" {
				c.note(w.now(), Machine, note, string(a.Kind))
			}
			return nil
		}
		return ErrConflict
	})
	return err
}

func sameIntent(a, b *Intent) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Attempt == b.Attempt && a.Started.Equal(b.Started)
}

func squash(s string) string { return strings.Join(strings.Fields(s), " ") }
