package cases

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
)

// said is the comment, as far as it is shown.
type said struct {
	CanReveal, Shown, Gone, Own   bool
	At, Author, Link, Title, Lang string
	Pieces                        []inert.Piece
	Notes                         []string
}

// A revealed comment stays shown to her for a while, so that she can write
// beside it; then it is covered again.
const (
	shownFor  = 15 * time.Minute
	mostShown = 30
	// shownKey names them in the session.
	shownKey = "shown"
)

// shown are the versions of comments shown in this session, and since when.
func (p *Pages) shown(ctx context.Context) map[string]time.Time {
	out := map[string]time.Time{}
	_ = json.Unmarshal(p.Sessions.GetBytes(ctx, shownKey), &out) // unreadable: nothing is shown
	for key, at := range out {
		if p.Now().Sub(at) >= shownFor {
			delete(out, key)
		}
	}
	return out
}

// show shows a version of a comment to this session; at zero covers it.
func (p *Pages) show(ctx context.Context, key string, at time.Time) {
	kept := p.shown(ctx)
	if len(kept) >= mostShown {
		clear(kept)
	}
	kept[key] = at
	if at.IsZero() {
		delete(kept, key)
	}
	if b, err := json.Marshal(kept); err == nil {
		p.Sessions.Put(ctx, shownKey, b)
	}
}

// said opens the comment if it is shown in this session.
func (v *reader) said(ctx context.Context, c respond.Case) (said, error) {
	out := said{CanReveal: v.User.Role.May(people.Reveal), Own: c.Comment.Own, Lang: c.Judgement.Lang}
	if out.Gone = c.Erased != "" || c.Comment.Version == ""; out.Gone {
		return out, nil
	}
	at, ok := v.shown(ctx)[c.Comment.Key()]
	if !ok || !out.CanReveal {
		return out, nil
	}
	out.Shown, out.At = true, v.clock(at)
	content, err := v.Desk.Said(ctx, c)
	if errors.Is(err, respond.ErrGone) {
		out.Gone = true
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Author, out.Title = inert.Line(content.Author), inert.Line(content.Title)
	if u, err := url.Parse(content.Link); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		out.Link = u.String()
	}
	var cut bool
	out.Pieces, cut = inert.Text(content.Text, c.Judgement.Reasons)
	out.Notes = v.notesAbout(c.Comment, cut)
	return out, nil
}

// notesAbout are the facts about a comment that its words do not tell.
func (v *reader) notesAbout(c ingest.Comment, cut bool) []string {
	var out []string
	for _, n := range []struct {
		is  bool
		say string
	}{
		{cut, v.Words.Say("Only the first %d characters are shown.", inert.MostCharacters)},
		{c.Truncated, v.Words.Say("It was longer than we keep: its end is missing here.")},
		{c.Media, v.Words.Say("A picture or video belongs to it, which is not shown here.")},
		{c.Hidden, v.Words.Say("It is hidden on the platform already.")},
	} {
		if n.is {
			out = append(out, n.say)
		}
	}
	return out
}

// thread is what else the desk knows of the conversation that a comment is part of: no
// word of it.
type thread struct {
	// Answers says what the comment answers.
	Answers string
	// Ours says how often we answered in it.
	Ours   string
	Others []sibling
	// More says how many others there are.
	More string
}

// sibling is another case in the same conversation.
type sibling struct {
	ID, Lane, Age, Stands string
	at                    time.Time
}

// mostSiblings is how many others of a conversation are listed, newest first.
const mostSiblings = 5

// thread looks for the other cases of a conversation; nil: there is nothing to say.
func (v *reader) thread(c respond.Case) *thread {
	if c.Comment.Thread == "" || v.caps(c).Alone {
		return nil
	}
	out, ours, toUs := &thread{}, 0, false
	for o := range v.Desk.InThread(c.Comment.Thread) {
		if o.Comment.Thread != c.Comment.Thread || o.Comment.Account != c.Comment.Account {
			continue
		}
		for _, a := range o.Actions {
			if a.Kind == ingest.Reply && a.State == respond.Sent {
				ours++
				toUs = toUs || a.Item != "" && a.Item == c.Comment.Parent
			}
		}
		if o.ID() != c.ID() && o.Erased == "" {
			at := made(o)
			out.Others = append(out.Others, sibling{o.ID(), v.Words.Lane(o.Lane), v.Words.Ago(v.Now().Sub(at)), v.Words.Say(stateWords[o.State()]), at})
		}
	}
	switch {
	case toUs:
		out.Answers = v.Words.Say("It answers a reply of ours.")
	case c.Comment.Parent != "":
		out.Answers = v.Words.Say("It answers another comment.")
	}
	if ours > 0 {
		out.Ours = v.Words.Count(ours, "We have answered %d comment here.")
	}
	slices.SortFunc(out.Others, func(a, b sibling) int { return b.at.Compare(a.at) })
	if n := len(out.Others) - mostSiblings; n > 0 {
		out.More, out.Others = v.Words.Count(n, "And %d more comment here."), out.Others[:mostSiblings]
	}
	if out.Answers == "" && out.Ours == "" && len(out.Others) == 0 {
		return nil
	}
	return out
}

// stateWords says of another case how it stands.
var stateWords = map[respond.State]string{
	respond.Waiting: "waiting", respond.Approved: "going out", respond.Sending: "going out", respond.Sent: "answered",
	respond.Recorded: "recorded", respond.Failed: "needs a person", respond.Manual: "needs a person",
	respond.Withdrawn: "settled", respond.Dismissed: "settled",
}
