package outbound

import (
	"context"
	"fmt"
	"strings"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// changed looks at a reply that says something else than the case is about, or of a
// case that was over. What it says now passes the gate, or is for the desk again.
func (l *look) changed(ctx context.Context, c respond.Case, r reading) (unread, err error) {
	if r.now == c.Comment.Version && !mended(c) {
		return nil, l.still(ctx, c)
	}
	comment, known, unread, err := l.answered(ctx, c, r.said)
	if unread != nil || err != nil {
		return unread, err
	}
	problems := l.Desk.Gate.Check(respond.Outgoing{Text: r.text, Comment: comment, Platform: c.Comment.Platform})
	switch {
	case len(problems) > 0 && r.now == c.Comment.Version:
		return nil, l.still(ctx, c)
	case len(problems) > 0:
		return nil, l.hand(ctx, c, r)
	case Proven(&c):
		return nil, nil
	case strings.TrimSpace(r.text) == "":
		return nil, l.ask(ctx, c.ID(), "the platform shows our reply without its words: look what stands there, then mark it as handled")
	case !known:
		return nil, l.ask(ctx, c.ID(), "our reply says something else now, and what it answers cannot be read: look whether it may stay, then mark it as handled")
	}
	f := Finding{Before: c.Comment.Version, After: r.now, Answer: "200"}
	if f.Before == f.After { // the poller noticed first
		f.Before = ""
	}
	return nil, l.close(ctx, c.ID(), Corrected, f)
}

// still is for the case of a reply whose words must go and are there, though the case
// was over.
func (l *look) still(ctx context.Context, c respond.Case) error {
	age := l.Desk.Now().Sub(c.LastStep())
	switch {
	case Left(&c), age >= 0 && age < lag: // a clock may jump
		return nil
	case c.State() == respond.Recorded:
		return l.online(ctx, c)
	}
	return l.reopen(ctx, c)
}

// hand lets the desk take what a reply says now.
func (l *look) hand(ctx context.Context, c respond.Case, r reading) error {
	own := c.Comment
	own.Content, own.Content.Text = r.said, r.text
	own = l.Desk.Names.Name(own, l.Desk.Now())
	if err := l.Hand(ctx, []ingest.Comment{own}); err != nil {
		return fmt.Errorf("hand on what our reply says now: %w", err)
	}
	return nil
}

// answered are the words that a reply answers, as they are now or else as they are
// kept. known: they are, or there are none; unread is why the platform gave no answer.
func (l *look) answered(ctx context.Context, c respond.Case, said ingest.Content) (text string, known bool, unread, err error) {
	if said.Parent == "" {
		return "", true, nil, nil
	}
	seen, unread := l.observe(ctx, said.Parent)
	if unread != nil || !seen.Gone {
		return seen.Text, true, unread, nil
	}
	text, err = l.Desk.Answered(ctx, c.Comment)
	return text, text != "", nil, err
}
