package x

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"triage/internal/ingest"
	"triage/internal/ingest/x/length"
)

const maxPrivate = 10000 // characters

// shownLink is after how many characters X cuts what it shows of a link (display_url).
const shownLink = 26

// Capabilities says what can be done on X. A post counts by weight there.
func (c *Client) Capabilities() ingest.Capabilities {
	can := ingest.Capabilities{Actions: []ingest.ActionKind{ingest.Reply, ingest.TakeDown}, MaxReply: length.Max, Length: length.Count,
		LengthPrivate: utf8.RuneCountInString, Name: "X",
		Display:  ingest.Display{Mention: true, Link: shownLink, Note: "On X a link counts 23 characters, however long it is."},
		HideNote: "X only moves a reply behind a click: everybody can still read it there."}
	if c.cfg.API == v2Name {
		can.Actions = append(can.Actions, ingest.Hide)
	}
	if c.cfg.Private {
		can.Actions, can.MaxPrivate = append(can.Actions, ingest.Private), maxPrivate
	}
	return can
}

var (
	errNoItem = errors.New("observe: the post's id is missing or none of X")
	errGone   = errors.New("the post does not exist any more")
)

// Observe reads the newest version of a post, and what the account answered. X
// does not tell whether a reply is hidden.
func (c *Client) Observe(ctx context.Context, item string) (ingest.Observation, error) {
	if !idPattern.MatchString(item) {
		return ingest.Observation{}, errNoItem
	}
	p, err := c.current(ctx, item)
	switch {
	case errors.Is(err, errGone):
		return ingest.Observation{Gone: true, Code: notFound}, nil
	case err != nil:
		return ingest.Observation{}, err
	}
	o := ingest.Observation{Text: p.text}
	if p.author == c.cfg.User {
		return o, nil
	}
	if o.Own, err = c.ownReplies(ctx, p); err != nil {
		return ingest.Observation{}, err
	}
	if c.cfg.Private && p.open { // who takes no messages from us is not asked about
		_, o.Answered, err = c.wrote(ctx, p)
		if kindOf(err) == ingest.Forbidden { // then none can be sent either
			err = nil
		}
	}
	return o, err
}

// current reads the newest version of a post. The error is errGone only if X
// says that it does not exist, not if we may not see it.
func (c *Client) current(ctx context.Context, item string) (post, error) {
	ask := []string{item}
	c.mu.Lock()
	if m, ok := c.recent[item]; ok {
		ask = append(ask, m.newest)
	}
	c.mu.Unlock()
	for range rounds {
		ask = byAge(ask)
		pg, err := c.api.lookup(ctx, ask)
		if err != nil {
			return post{}, err
		}
		if len(pg.posts) == 0 {
			return post{}, notShown(pg, ask)
		}
		p := slices.MaxFunc(pg.posts, func(a, b post) int { return cmp.Compare(number(a.newest()), number(b.newest())) })
		if newer, ok := pg.beside[p.newest()]; ok {
			p = newer
		}
		if p.newest() == p.id {
			return c.attributed(ctx, p)
		}
		ask = []string{p.newest()}
	}
	return post{}, senseless(0)
}

// attributed completes a post that is to be acted on.
func (c *Client) attributed(ctx context.Context, p post) (post, error) {
	one := []post{p}
	err := c.attribute(ctx, one, (*post).unknownQuoted)
	if err == nil {
		err = c.attribute(ctx, one, (*post).unknownStarter)
	}
	return one[0], err
}

// notShown says why none of the posts asked for is shown.
func notShown(pg page, asked []string) error {
	lost := 0
	for _, id := range asked {
		gone, told := pg.missing[id]
		if told && !gone {
			return &ingest.ReadError{Kind: ingest.Forbidden, Why: unseen.why}
		}
		if gone {
			lost++
		}
	}
	if lost < len(asked) {
		return senseless(0)
	}
	return errGone
}

// ownReplies are the account's public replies to any version of a post. A post
// that quotes it answers it too.
func (c *Client) ownReplies(ctx context.Context, p post) (out []ingest.OwnReply, err error) {
	seen := map[string]bool{}
	_, err = c.walk(ctx, list{own: true, since: p.item()}, func(pg page) (bool, error) {
		for _, o := range pg.posts {
			if newer, ok := pg.beside[o.newest()]; ok {
				o = newer
			}
			to := slices.Contains(p.versions, o.answers) || slices.Contains(p.versions, o.quotes)
			if to && !seen[o.item()] {
				seen[o.item()] = true
				out = append(out, ingest.OwnReply{Item: o.item(), Text: o.text, Created: o.created})
			}
		}
		return false, nil
	})
	return out, err
}

// wrote reports whether the author of a post ever wrote to the account in
// private, and whether the account did after the post was made.
func (c *Client) wrote(ctx context.Context, p post) (first, answered bool, err error) {
	v, ok := c.api.(*version2)
	if !ok || p.author == "" {
		return false, false, nil
	}
	all, err := v.messages(ctx, p.author)
	for _, m := range all {
		first = first || m.from == p.author
		answered = answered || m.from == c.cfg.User && (m.at.IsZero() || !m.at.Before(p.created.Truncate(time.Second)))
	}
	return first, answered, err
}

// Act makes exactly one write, whatever comes of it. It looks at the post before,
// for an edit gave it another id.
func (c *Client) Act(ctx context.Context, a ingest.Action) ingest.Outcome {
	if why := c.unfit(a); why != "" {
		return refusal(why)
	}
	if a.Kind == ingest.TakeDown {
		return c.api.write(ctx, order{kind: a.Kind, id: a.Item})
	}
	p, err := c.current(ctx, a.Item)
	if err != nil {
		return unread(err)
	}
	switch {
	case a.Kind == ingest.Reply && !c.answerable(p):
		return refusal(uncalled.why)
	case a.Kind == ingest.Hide && !c.canHide(p):
		return refusal("X lets the practice hide only replies in conversations that it began; report it by hand on x.com")
	case a.Kind == ingest.Private:
		if out, ok := c.mayWrite(ctx, p); !ok {
			return out
		}
	}
	return c.api.write(ctx, order{kind: a.Kind, id: p.id, to: p.author, text: a.Text})
}

// unfit says why something is not even tried.
func (c *Client) unfit(a ingest.Action) string {
	says := a.Kind == ingest.Reply || a.Kind == ingest.Private
	switch {
	case !idPattern.MatchString(a.Item) || says && a.Text == "":
		return "there was nothing to send or nothing to send it to; report this to whoever looks after triage"
	case a.Kind == ingest.Private && !c.cfg.Private:
		return "private messages are switched off for X, which allows them only to people who wrote to the practice first; answer in public or by phone"
	case !c.Capabilities().Can(a.Kind):
		return "triage cannot do this on X; do it by hand on x.com"
	case a.Kind == ingest.Reply && !c.cfg.Links && length.HasLink(a.Text):
		return "the text holds an address of the web, for which X charges more than ten times as much; take it out, or switch links on"
	case a.Kind == ingest.Reply && !length.Accepted(a.Text):
		return fmt.Sprintf("X would not take the text: it counts %d of at most %d there, or holds a broken character; correct it and approve it again", length.Count(a.Text), length.Max)
	}
	return ""
}

// mayWrite reports whether X allows a private message to the author of a post,
// and otherwise what to answer.
func (c *Client) mayWrite(ctx context.Context, p post) (ingest.Outcome, bool) {
	first, answered, err := c.wrote(ctx, p)
	switch {
	case err != nil:
		return unread(err), false
	case answered:
		return ingest.Outcome{Result: ingest.Done, Code: "answered",
			Why: "the practice wrote to this person in private already, so nothing more was sent; read it in the account's messages"}, false
	case !first:
		return refusal("this person never wrote to the practice in private, and X allows apps to write only to those who did; answer in public or by phone"), false
	}
	return ingest.Outcome{}, true
}

// unread is the outcome when the post could not be looked at before acting on it.
func unread(err error) ingest.Outcome {
	var read *ingest.ReadError
	switch {
	case errors.Is(err, errGone):
		return ingest.Outcome{Result: ingest.Refused, Code: notFound, Why: gone.why}
	case !errors.As(err, &read):
	case read.Kind == ingest.Dead:
		return ingest.Outcome{Result: ingest.Refused, StopPosting: true, Code: read.Code, Why: read.Why, After: read.RetryAfter}
	case read.Kind == ingest.Forbidden && read.RetryAfter == 0:
		return ingest.Outcome{Result: ingest.Refused, Code: read.Code, Why: read.Why}
	default:
		return ingest.Outcome{Result: ingest.Later, Code: read.Code, After: max(read.RetryAfter, unreached),
			Why: read.Why + "; nothing was sent, and it is tried again by itself"}
	}
	return ingest.Outcome{Result: ingest.Later, After: unreached,
		Why: "X could not be looked at before sending, and nothing was sent; nothing to do, it is tried again by itself"}
}
