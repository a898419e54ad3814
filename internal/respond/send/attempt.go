package send

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// work is one action of one case while the sender is at it.
type work struct {
	sender  *Sender
	c       respond.Case
	i       int
	actor   ingest.Actor
	content ingest.Content
	stop    context.Context // ends when the service is told to stop
	// seen is the comment as it stands on the platform; nil: it was not read.
	seen *ingest.Observation
}

func (w *work) action() *respond.Action { return &w.c.Actions[w.i] }
func (w *work) now() time.Time          { return w.sender.Desk.Now() }
func (w *work) rules() respond.Rules    { return w.sender.Desk.Rules() }

func (w *work) itemID(item string) string {
	return w.sender.Desk.Names.ID(w.c.Comment.Platform, w.c.Comment.Account, item)
}

// attempt acts if the action is still right.
func (w *work) attempt(ctx context.Context) error {
	if why := w.tooLate(); why != "" {
		return w.end(ctx, respond.Manual, "", why)
	}
	if held, err := w.hold(ctx); held {
		return err
	}
	seen, err := w.observe(ctx)
	if err != nil {
		return w.lookLater(ctx, respond.Manual, "the platform could not be read before sending; nothing went out: please try again or do it by hand")
	}
	if w.answered(seen) {
		return w.answeredElsewhere(ctx)
	}
	if state, look, why := w.stale(seen); state != "" {
		w.action().Look = look
		return w.end(ctx, state, "", why)
	}
	text, err := w.text(ctx)
	if errors.Is(err, respond.ErrGone) {
		return w.end(ctx, respond.Manual, "", "what was to be said was erased; nothing went out: please write it anew")
	}
	if err != nil {
		return err
	}
	if refused, err := w.refused(ctx, text); err != nil {
		return err
	} else if refused {
		return w.end(ctx, respond.Manual, "gate", "the rules for replies changed and no longer allow this text: please write another one")
	}
	switch { // the platform took its time: what holds now?
	case w.stop.Err() != nil:
		return nil // told to stop: it goes out after the next start
	case w.rules().OffFor(&w.c, *w.action()):
		return w.switchedOff(ctx)
	case w.sender.Desk.WasErased(w.c.ID()):
		return w.erased(ctx)
	}
	return w.act(ctx, text, w.ownBefore(seen))
}

// tooLate is why the action cannot be right any more, whatever the platform says.
func (w *work) tooLate() string {
	switch {
	case w.blocked():
		return "the answer did not go out, so this was not done either: please look and decide again"
	case w.action().Kind == ingest.Private && !w.c.Comment.PrivateUntil.After(w.now()):
		return "the time in which the platform allows a private message is over; nothing went out: please answer in public or by phone"
	}
	return ""
}

// act stores the intent, and makes the one call. before are the replies that
// are there already.
func (w *work) act(ctx context.Context, text string, before []string) (err error) {
	a := w.action()
	a.State, a.Due, a.Why, a.Code, a.Looks = respond.Sending, time.Time{}, "", "", 0
	a.Intent = &respond.Intent{Attempt: attempts(a) + 1, Started: w.now(), Before: before}
	w.c.Note(w.now(), respond.Machine, "sending", string(a.Kind))
	store, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if w.c, err = w.sender.Desk.Store(store, w.c); err != nil {
		return err // somebody undid it a moment before
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return w.take(ctx, w.actor.Act(call, ingest.Action{Kind: a.Kind, Item: w.content.Item, Text: text}))
}

func (w *work) observe(ctx context.Context) (ingest.Observation, error) {
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	seen, err := w.actor.Observe(call, w.content.Item)
	if err == nil && !seen.Gone {
		w.seen, w.c.Comment.Hidden = &seen, seen.Hidden
	}
	return seen, err
}

func attempts(a *respond.Action) int {
	if a.Intent == nil {
		return 0
	}
	return a.Intent.Attempt
}

// blocked reports whether a hide waits for an answer that will not come: answer
// first, in public or, where nothing is said there, in private, then hide.
func (w *work) blocked() bool {
	answer := ingest.Reply
	if !slices.ContainsFunc(w.c.Actions, func(a respond.Action) bool { return a.Kind == ingest.Reply }) {
		answer = ingest.Private
	}
	if w.action().Kind != ingest.Hide || w.c.Done(answer) {
		return false
	}
	return slices.ContainsFunc(w.c.Actions, func(a respond.Action) bool {
		given := a.Kind == ingest.Private && a.State == respond.Withdrawn && !a.Look // somebody wrote already
		return a.Kind == answer && !given && (a.State == respond.Manual || a.State == respond.Failed || a.State == respond.Withdrawn)
	})
}

// stale reports whether what was approved is no longer right, as the comment
// stands on the platform now: in which state that leaves the action, and
// whether a person should look. That we are not shown a comment does not prove
// that it was deleted: a lost permission looks the same.
func (w *work) stale(o ingest.Observation) (state respond.State, look bool, why string) {
	kind := w.action().Kind
	switch {
	case kind == ingest.TakeDown && o.Gone:
		return respond.Manual, false, "the platform does not show us this reply any more: look whether it is really gone, then mark it as handled"
	case kind == ingest.TakeDown && w.edited(o):
		return respond.Withdrawn, true, "our reply was changed after this was approved: look whether it still says too much"
	case kind == ingest.TakeDown:
		return "", false, ""
	case o.Gone:
		return respond.Withdrawn, true, "the platform does not show us the comment any more: it was deleted, or we may not see it"
	case w.edited(o):
		return respond.Withdrawn, true, "the comment says something else now than when it was judged: look at it on the platform"
	case kind == ingest.Hide && o.Hidden:
		return respond.Sent, false, "it was hidden already"
	case kind == ingest.Reply && o.Hidden:
		return respond.Withdrawn, true, "the comment was hidden meanwhile"
	case kind == ingest.Private && o.Answered:
		return respond.Withdrawn, false, "a private message was sent already"
	}
	return "", false, ""
}

// answered reports whether somebody of the practice answered in public what is to be
// answered; what the platform's review refused nobody sees.
func (w *work) answered(o ingest.Observation) bool {
	return w.action().Kind == ingest.Reply && !o.Gone && !w.edited(o) && !o.Hidden &&
		slices.ContainsFunc(o.Own, func(r ingest.OwnReply) bool { return r.Standing != ingest.Rejected })
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

// refused reports whether the gate, as it is now, lets the text go out no more. What
// an officer let out all the same, she let out.
func (w *work) refused(ctx context.Context, text string) (bool, error) {
	if text == "" {
		return false, nil
	}
	problems, err := w.sender.Desk.Problems(ctx, w.c, w.action().Kind, text)
	return len(respond.Stops(problems, w.action().Override)) > 0, err
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
			return w.end(ctx, respond.Failed, o.Code, respond.Standing[o.Standing])
		}
		return w.end(ctx, respond.Sent, "", cmp.Or(respond.Standing[o.Standing], o.Why))
	case ingest.Refused:
		return w.end(ctx, respond.Failed, o.Code, o.Why)
	case ingest.Later:
		if w.action().Intent.Attempt >= looksMost {
			return w.end(ctx, respond.Failed, o.Code, "the platform did not take this, several times, and nothing went out: please try again later or do it by hand")
		}
		until, why := w.now().Add(max(o.After, lookAgain)), o.Why
		if w.tooLong(until) {
			why = "the platform does not take it now"
		}
		return w.postpone(ctx, until, o.Code, why)
	}
	// Unclear: it stays sending, and is looked at after Rules.ReadBack.
	if o.Code == "" && !o.StopPosting {
		return nil
	}
	return w.save(ctx, func(a *respond.Action) { a.Code = o.Code }, "")
}

// ownBefore are the ids of the replies that were there before an attempt.
func (w *work) ownBefore(o ingest.Observation) []string {
	ids := make([]string, 0, len(o.Own))
	for _, r := range o.Own {
		ids = append(ids, w.itemID(r.Item))
	}
	return ids
}
