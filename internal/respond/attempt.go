package respond

import (
	"context"
	"errors"
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
	stop    context.Context // ends when the service is told to stop
}

func (w *work) action() *Action { return &w.c.Actions[w.i] }
func (w *work) now() time.Time  { return w.sender.Desk.Now() }

func (w *work) itemID(item string) string {
	return w.sender.Desk.Names.ID(w.c.Comment.Platform, w.c.Comment.Account, item)
}

// attempt acts if the action is still right.
func (w *work) attempt(ctx context.Context) error {
	if at := w.sender.overCap(w.c.Comment.Account); at.After(w.now()) {
		return w.postpone(ctx, at, "the daily limit of this account is reached")
	}
	if w.blocked() {
		return w.end(ctx, Manual, "", "the public reply did not go out, so this was not done either: please look and decide again")
	}
	seen, err := w.observe(ctx)
	if err != nil {
		return w.lookLater(ctx, Manual, "the platform could not be read before sending; nothing went out: please try again or do it by hand")
	}
	if state, look, why := w.stale(seen); state != "" {
		w.action().Look = look
		return w.end(ctx, state, "", why)
	}
	text, err := w.text(ctx)
	if errors.Is(err, ErrGone) {
		return w.end(ctx, Manual, "", "what was to be said was erased; nothing went out: please write it anew")
	}
	if err != nil {
		return err
	}
	if w.refused(ctx, text) {
		return w.end(ctx, Manual, "gate", "the rules for replies changed and no longer allow this text: please write another one")
	}
	a := w.action()
	switch { // the platform took its time: what holds now?
	case w.stop.Err() != nil:
		return nil // told to stop: it goes out after the next start
	case w.sender.Desk.Rules().off(*a):
		return w.switchedOff(ctx)
	case w.sender.Desk.erased(w.c.ID()):
		return w.erased(ctx)
	}
	return w.act(ctx, text, w.ownBefore(seen))
}

// act stores the intent, and makes the one call. before are the replies that
// are there already.
func (w *work) act(ctx context.Context, text string, before []string) (err error) {
	a := w.action()
	a.State, a.Due, a.Why, a.Code, a.Looks = Sending, time.Time{}, "", "", 0
	a.Intent = &Intent{Attempt: attempts(a) + 1, Started: w.now(), Before: before}
	w.c.note(w.now(), Machine, "sending", string(a.Kind))
	store, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if w.c, err = w.sender.Desk.Cases.Update(store, w.c); err != nil {
		return err // somebody undid it a moment before
	}
	w.sender.Desk.changed()
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return w.take(ctx, w.actor.Act(call, ingest.Action{Kind: a.Kind, Item: w.content.Item, Text: text}))
}

func (w *work) observe(ctx context.Context) (ingest.Observation, error) {
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return w.actor.Observe(call, w.content.Item)
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
	if w.action().Kind != ingest.Hide || w.c.Done(ingest.Reply) {
		return false
	}
	return slices.ContainsFunc(w.c.Actions, func(a Action) bool {
		return a.Kind == ingest.Reply && (a.State == Manual || a.State == Failed || a.State == Withdrawn)
	})
}

// stale reports whether what was approved is no longer right, as the comment
// stands on the platform now: in which state that leaves the action, and
// whether a person should look. That we are not shown a comment does not prove
// that it was deleted: a lost permission looks the same.
func (w *work) stale(o ingest.Observation) (state State, look bool, why string) {
	kind := w.action().Kind
	switch {
	case kind == ingest.TakeDown && o.Gone:
		return Manual, false, "the platform does not show us this reply any more: look whether it is really gone, then mark it as handled"
	case kind == ingest.TakeDown && w.edited(o):
		return Withdrawn, true, "our reply was changed after this was approved: look whether it still says too much"
	case kind == ingest.TakeDown:
		return "", false, ""
	case o.Gone:
		return Withdrawn, true, "the platform does not show us the comment any more: it was deleted, or we may not see it"
	case w.edited(o):
		return Withdrawn, true, "the comment says something else now than when it was judged: look at it on the platform"
	case kind == ingest.Hide && o.Hidden:
		return Sent, false, "it was hidden already"
	case kind == ingest.Reply && o.Hidden:
		return Withdrawn, true, "the comment was hidden meanwhile"
	case kind == ingest.Reply && slices.ContainsFunc(o.Own, func(r ingest.OwnReply) bool { return r.Standing != ingest.Rejected }):
		return Withdrawn, false, "somebody of the practice answered it already"
	case kind == ingest.Private && o.Answered:
		return Withdrawn, false, "a private message was sent already"
	}
	return "", false, ""
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
		w.c.Paused = w.sender.pause(w.c.Comment.Account, o.After)
	}
	w.sender.Log.Info("acted", zap.String("case", w.c.ID()), zap.String("action", string(w.action().Kind)),
		zap.String("result", string(o.Result)), zap.String("code", o.Code))
	switch o.Result {
	case ingest.Done:
		w.action().Item = w.itemID(o.Item)
		if o.Standing == ingest.Rejected {
			return w.end(ctx, Failed, o.Code, standing[o.Standing])
		}
		return w.end(ctx, Sent, "", standing[o.Standing])
	case ingest.Refused:
		return w.end(ctx, Failed, o.Code, o.Why)
	case ingest.Later:
		if w.action().Intent.Attempt >= looksMost {
			return w.end(ctx, Failed, o.Code, "the platform did not take this, several times, and nothing went out: please try again later or do it by hand")
		}
		return w.postpone(ctx, w.now().Add(max(o.After, lookAgain)), o.Why)
	}
	return nil // unclear: it stays sending, and is looked at after Wait
}

// reconcile finds out what became of an attempt whose answer is not known: its
// process died, or the platform did not answer clearly. It never acts blindly.
func (w *work) reconcile(ctx context.Context) error {
	seen, err := w.observe(ctx)
	if err != nil {
		return w.lookLater(ctx, Manual, "it is not known whether this went out, and the platform cannot be read: please look there")
	}
	text, err := w.text(ctx)
	if err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	a := w.action()
	switch {
	case w.happened(seen, text):
		a.Unclear = false
		return w.end(ctx, Sent, "", "")
	case a.Kind == ingest.Hide || a.Kind == ingest.TakeDown: // doing it twice is the same as once
		a.Unclear = false
		if a.Intent.Attempt >= looksMost {
			return w.end(ctx, Manual, "", "the platform did not take this, several times: please do it by hand")
		}
		return w.postpone(ctx, w.now().Add(lookAgain), "")
	}
	return w.end(ctx, Manual, "", "it is not known whether this went out: please look on the platform, answer there if it did not, then mark it as handled")
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
	mine := *w.action()
	return w.save(ctx, func(a *Action) {
		a.State, a.Code, a.Why, a.Done, a.Due = state, code, why, w.now(), time.Time{}
		a.Item, a.Look, a.Unclear = mine.Item, mine.Look, mine.Unclear
	}, string(state))
}

// save stores a change to the action, whatever happened to the rest of the case
// meanwhile. If the action itself went on, it is left alone.
func (w *work) save(ctx context.Context, f func(*Action), note string) error {
	mine := *w.action()
	store, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	_, err := w.sender.Desk.change(store, w.c.ID(), func(c *Case) error {
		for i := range c.Actions {
			a := &c.Actions[i]
			if a.Kind != mine.Kind || a.Text != mine.Text || a.By != mine.By || !sameIntent(a.Intent, mine.Intent) {
				continue
			}
			f(a)
			c.Paused = later(c.Paused, w.c.Paused)
			if note != "" {
				c.note(w.now(), Machine, note, strings.TrimSuffix(string(a.Kind)+":"+a.Code, ":"))
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
