package outbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// settle looks which of the replies that were not shown are proven to be gone.
func (l *look) settle(ctx context.Context) error {
	told := func(m missing) bool { return announced(&m.c) }
	unexplained := 0
	for _, m := range l.gone {
		if !told(m) {
			unexplained++
		}
	}
	for _, m := range l.gone {
		if Proven(&m.c) {
			continue
		}
		why := ""
		switch proof, err := l.prove(ctx, m); {
		case err != nil:
			return err
		case !proof:
			why = "the platform does not show us this reply any more, and nothing beside it shows that we may still look"
		case unexplained > goneMost && !told(m):
			why = "many of our replies are gone at once"
		}
		err := error(nil)
		if why == "" {
			err = l.close(ctx, m.c.ID(), Removed, Finding{Before: m.c.Comment.Version, After: none, Answer: m.code})
		} else {
			err = l.ask(ctx, m.c.ID(), why+": look whether it is really gone, then mark it as handled")
		}
		if err != nil {
			return err
		}
	}
	if unexplained > goneMost {
		l.Log.Warn("many of our replies are gone at once: look whether the account may still see them", zap.Int("replies", unexplained))
	}
	return nil
}

// announced reports whether somebody said that this reply would be gone: the
// platform confirmed that it was deleted, or a person that she did it.
func announced(c *respond.Case) bool {
	deleted := slices.ContainsFunc(c.Actions, func(a respond.Action) bool { return a.Kind == ingest.TakeDown && a.State == respond.Sent })
	return deleted || lastDecision(c) == "handled" && c.Settled()
}

// prove reports whether a reply that was not shown is gone: something beside it is
// shown before and after, and the account check passes.
func (l *look) prove(ctx context.Context, m missing) (bool, error) {
	beside, err := l.beside(ctx, m)
	if err != nil || beside == "" {
		return false, err
	}
	again, unread := l.observe(ctx, m.said.Item)
	if unread != nil || !again.Gone {
		return false, nil
	}
	if !l.checked {
		found := l.account.Check(ctx)
		l.checked = true
		l.healthy = len(found) > 0 && !slices.ContainsFunc(found, func(f ingest.Finding) bool { return !f.OK })
	}
	after, unread := l.observe(ctx, beside)
	return l.healthy && unread == nil && !after.Gone, nil
}

// neighboursMost is how many items are tried until one beside a reply is shown.
const neighboursMost = 4

// beside finds an item of the same post that is shown: what the reply answers, or
// else another that is known, of somebody else first. Empty: there is none.
func (l *look) beside(ctx context.Context, m missing) (string, error) {
	items := []string{m.said.Parent}
	var ours []string
	for c := range l.Desk.InThread(m.c.Comment.Thread) {
		if c.Comment.Thread != m.c.Comment.Thread || c.ID() == m.c.ID() || c.Erased != "" || m.c.Comment.Thread == "" {
			continue
		}
		if c.Comment.Own {
			ours = append(ours, c.ID())
			continue
		}
		if len(items) < neighboursMost {
			item, err := l.item(ctx, c.ID())
			if err != nil {
				return "", err
			}
			items = append(items, item)
		}
	}
	for _, id := range ours[:min(len(ours), neighboursMost)] {
		item, err := l.item(ctx, id)
		if err != nil {
			return "", err
		}
		items = append(items, item)
	}
	for _, item := range items {
		if item != "" && l.shown(ctx, item) {
			return item, nil
		}
	}
	return "", nil
}

func (l *look) item(ctx context.Context, id string) (string, error) {
	c, err := l.Desk.Cases.Get(ctx, id)
	if err != nil {
		return "", fmt.Errorf("read back: %w", err)
	}
	said, err := l.Desk.Said(ctx, c)
	if err != nil && !errors.Is(err, respond.ErrGone) {
		return "", fmt.Errorf("read back: %w", err)
	}
	return said.Item, nil
}

func (l *look) shown(ctx context.Context, item string) bool {
	is, known := l.sees[item]
	if !known {
		seen, err := l.observe(ctx, item)
		is = err == nil && !seen.Gone
		l.sees[item] = is
	}
	return is
}

var errAsIs = errors.New("nothing to change")

// change changes a case, unless it went on meanwhile.
func (l *look) change(ctx context.Context, id string, f func(*respond.Case) error) error {
	c, err := l.Desk.Change(ctx, id, func(c *respond.Case) error {
		if slices.ContainsFunc(c.Actions, func(a respond.Action) bool { return a.State == respond.Sending }) {
			return errAsIs
		}
		return f(c)
	})
	switch {
	case errors.Is(err, errAsIs), errors.Is(err, respond.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("settle a take-down: %w", err)
	}
	l.later(c, "")
	return nil
}

// ended says why nothing is to be done any more.
var ended = map[string]string{
	Removed:   "the platform shows that our reply is gone",
	Corrected: "our reply says something else on the platform now, which may stay",
}

// close ends a case with its proof. What was deleted from here stays so.
func (l *look) close(ctx context.Context, id, code string, f Finding) error {
	return l.change(ctx, id, func(c *respond.Case) error {
		if Proven(c) {
			return errAsIs
		}
		now, ours := l.Desk.Now(), false
		for i := range c.Actions {
			a := &c.Actions[i]
			ours = ours || a.Kind == ingest.TakeDown
			if a.State == respond.Approved || a.NeedsPerson() {
				a.State, a.Look, a.Unclear, a.Why, a.Done, a.Due = respond.Withdrawn, false, false, ended[code], now, time.Time{}
			}
		}
		if !ours {
			c.Actions = append(c.Actions, respond.Action{Kind: ingest.TakeDown, State: respond.Withdrawn, Why: ended[code], Done: now})
		}
		c.Note(now, respond.Machine, code, f.String())
		return nil
	})
}

// ask leaves it to a person whether a reply is gone. Who said so already is not
// asked again.
func (l *look) ask(ctx context.Context, id, why string) error {
	return l.change(ctx, id, func(c *respond.Case) error {
		if c.Settled() || slices.ContainsFunc(c.Actions, func(a respond.Action) bool { return a.Why == why }) {
			return errAsIs
		}
		now := l.Desk.Now()
		c.Actions = []respond.Action{{Kind: ingest.TakeDown, State: respond.Manual, Why: why, Done: now}}
		c.Note(now, respond.Machine, string(respond.Manual), string(ingest.TakeDown))
		return nil
	})
}

// reopen puts a case before people again: what was gone is there.
func (l *look) reopen(ctx context.Context, c respond.Case) error {
	return l.change(ctx, c.ID(), func(c *respond.Case) error {
		c.Actions = nil
		c.Note(l.Desk.Now(), respond.Machine, Back, Finding{After: c.Comment.Version, Answer: "200"}.String())
		return nil
	})
}
