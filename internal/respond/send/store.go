package send

import (
	"context"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// lookLater comes back to an action when the platform can be read again; after
// many times it becomes something for a person.
func (w *work) lookLater(ctx context.Context, last respond.State, why string) error {
	a, most := w.action(), looksMost
	if w.urgent() {
		most = looksUrgent
	}
	if a.Looks++; a.Looks > most {
		return w.end(ctx, last, "", why)
	}
	wait := lookAgain << min(a.Looks-1, 5)
	return w.save(ctx, func(a *respond.Action) { a.Looks, a.Due = w.action().Looks, w.now().Add(wait) }, "")
}

// postpone leaves the action approved, for later: nothing went out. What is urgent
// is not put off for long, a person does it then.
func (w *work) postpone(ctx context.Context, until time.Time, code, why string) error {
	if w.tooLong(until) {
		return w.end(ctx, respond.Manual, code, why+", and this is urgent; nothing went out: please do it by hand on the platform, then mark it as handled")
	}
	held := w.action().Held
	return w.save(ctx, func(a *respond.Action) {
		a.State, a.Due, a.Code, a.Why, a.Held, a.Unclear = respond.Approved, until, code, why, held, false
	}, "postponed")
}

// end settles the action.
func (w *work) end(ctx context.Context, state respond.State, code, why string) error {
	mine := *w.action()
	return w.save(ctx, func(a *respond.Action) {
		a.State, a.Code, a.Why, a.Done, a.Due = state, code, why, w.now(), time.Time{}
		a.Item, a.Look, a.Unclear, a.Held = mine.Item, mine.Look, mine.Unclear, ""
	}, string(state))
}

// save stores a change to the action, whatever happened to the rest of the case
// meanwhile. If the action itself went on, it is left alone.
func (w *work) save(ctx context.Context, f func(*respond.Action), note string) error {
	mine := *w.action()
	return w.change(ctx, func(c *respond.Case) error {
		a := find(c, mine)
		if a == nil || !changes(*a, mine, f) {
			return respond.ErrConflict
		}
		f(a)
		c.Paused = later(c.Paused, w.c.Paused)
		if w.seen != nil { // for whoever decides next
			c.Comment.Hidden = w.seen.Hidden
		}
		if note != "" {
			c.Note(w.now(), respond.Machine, note, strings.TrimSuffix(string(a.Kind)+":"+a.Code, ":"))
		}
		return nil
	})
}

// change stores a change to the case.
func (w *work) change(ctx context.Context, f func(*respond.Case) error) error {
	store, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	_, err := w.sender.Desk.Change(store, w.c.ID(), f)
	return err
}

// find is the action of a case that mine was read as; nil: it is not there any more,
// or went on to another attempt.
func find(c *respond.Case, mine respond.Action) *respond.Action {
	for i := range c.Actions {
		a := &c.Actions[i]
		if a.Kind == mine.Kind && a.Text == mine.Text && a.Approved.Equal(mine.Approved) && sameIntent(a.Intent, mine.Intent) {
			return a
		}
	}
	return nil
}

// answeredElsewhere settles the case as the poller does when it reads that somebody
// of the practice answered: what else is pending is for a person to decide anew.
func (w *work) answeredElsewhere(ctx context.Context) error {
	mine := *w.action()
	return w.change(ctx, func(c *respond.Case) error {
		if a := find(c, mine); a == nil || a.State != respond.Approved {
			return respond.ErrConflict
		}
		c.AnsweredElsewhere(w.now())
		return nil
	})
}

// changes reports whether f may still be stored of an action that was like mine:
// somebody may have settled it meanwhile. Only that it went out is always true.
func changes(now, mine respond.Action, f func(*respond.Action)) bool {
	then := mine
	f(&then)
	return now.State == mine.State || mine.State == respond.Sending && then.State == respond.Sent
}

func sameIntent(a, b *respond.Intent) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Attempt == b.Attempt && a.Started.Equal(b.Started)
}

// erased ends the action on a comment that was erased. Without it the platform
// cannot be asked what became of an attempt.
func (w *work) erased(ctx context.Context) error {
	if w.action().Unclear {
		return w.end(ctx, respond.Manual, "", respond.Unsure)
	}
	return w.end(ctx, respond.Withdrawn, "", respond.Lapsed)
}

// switchedOff withdraws what was approved on the case, for who approved it to
// know that it did not go out.
func (w *work) switchedOff(ctx context.Context) error {
	return w.change(ctx, func(c *respond.Case) error {
		why := "posting was switched off before this went out: if it is still to go out, approve it again once posting is on"
		if !w.rules().Shadow && w.action().By == respond.Machine {
			why = "this lane does not go out by itself any more: look whether to approve it"
		}
		c.TakeBack(why, w.now())
		return nil
	})
}

// twice withdraws what nobody approved where its reader has got one already.
func (w *work) twice(ctx context.Context) (bool, error) {
	if a := w.action(); a.By != respond.Machine || a.Kind != ingest.Reply && a.Kind != ingest.Private {
		return false, nil
	}
	twice, err := w.sender.Desk.Twice(ctx, w.c)
	if err != nil || !twice {
		return false, err
	}
	w.action().Look = true
	return true, w.end(ctx, respond.Withdrawn, "", "this person got an automatic reply under this post already: look whether to answer again")
}
