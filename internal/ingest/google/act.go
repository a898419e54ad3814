package google

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"triage/internal/ingest"
)

// maxReply is how long a reply may be, in bytes of UTF-8.
const maxReply = 4096

// Capabilities says that a review can be answered in public, and that answer be
// deleted. Google offers no private message and hides nothing.
func (c *Client) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{
		Actions:  []ingest.ActionKind{ingest.Reply, ingest.TakeDown},
		MaxReply: maxReply, Length: func(s string) int { return len(s) }, Name: "Google", Alone: true,
		Display:  ingest.Display{Note: "Google looks at a reply before it shows it."},
		HideNote: "Google lets nobody hide a review; what breaks its rules can be reported there.",
	}
}

// replyCode is how Google says that a review has no reply: it shows the review
// without one.
var replyCode = map[bool]string{false: "200 without a reply"}

var errNotOurs = errors.New("observe: the item is none of this location's reviews")

// Observe reads a review and the practice's reply to it as they are now, or that
// reply where it is the item.
func (c *Client) Observe(ctx context.Context, item string) (ingest.Observation, error) {
	id, isReply, ok := c.named(item)
	if !ok {
		return ingest.Observation{}, errNotOurs
	}
	o, err := c.review(ctx, id)
	if codeOf(err) == notFound {
		return ingest.Observation{Gone: true, Code: notFound}, nil
	}
	if err != nil {
		return ingest.Observation{}, err
	}
	r, answered := c.reply(id, o)
	if isReply {
		return ingest.Observation{Gone: !answered, Text: r.Content.Text, Code: replyCode[answered]}, nil
	}
	seen := ingest.Observation{Text: original(o.text("comment"))}
	if answered {
		seen.Own = []ingest.OwnReply{{Item: r.Content.Item, Text: r.Content.Text, Created: r.Created, Standing: r.Standing}}
	}
	return seen, nil
}

// review reads one review by its id.
func (c *Client) review(ctx context.Context, id string) (object, error) {
	o, err := c.read(ctx, c.reviewURL(id), nil)
	if err == nil && reviewID(o) != id {
		return nil, senseless(0)
	}
	return o, err
}

// Act writes at most once. A reply is an upsert at Google: it silently replaces
// what a person wrote, so the review is read immediately before.
func (c *Client) Act(ctx context.Context, a ingest.Action) ingest.Outcome {
	id, isReply, ok := c.named(a.Item)
	switch {
	case !ok, a.Kind == ingest.Reply && (a.Text == "" || isReply):
		return ingest.Outcome{Result: ingest.Refused, Why: "there was nothing to send or nothing to send it to; report this to whoever looks after triage"}
	case a.Kind == ingest.Reply:
		if out, ready := c.ready(ctx, id, a.Text); !ready {
			return out
		}
		return c.write(ctx, order{http.MethodPut, id, map[string]string{"comment": a.Text}})
	case a.Kind == ingest.TakeDown && isReply:
		if out, ready := c.pace(ctx); !ready {
			return out
		}
		return c.write(ctx, order{http.MethodDelete, id, nil})
	default:
		return ingest.Outcome{Result: ingest.Refused, Why: "Google does not let a program do this; report the review to Google in the Business Profile instead"}
	}
}

// pace waits until Google grants another edit. Where that takes too long it is
// for later.
func (c *Client) pace(ctx context.Context) (out ingest.Outcome, ready bool) {
	if c.edits.Wait(ctx) == nil {
		return out, true
	}
	return ingest.Outcome{Result: ingest.Later, After: editEvery,
		Why: "Google takes only ten changes a minute; nothing to do, it is tried again by itself"}, false
}

// ready reports whether the review may be answered: nobody answered it yet, or
// Google rejected the answer and nobody sees it.
func (c *Client) ready(ctx context.Context, id, text string) (out ingest.Outcome, ready bool) {
	if out, ready := c.pace(ctx); !ready {
		return out, false
	}
	o, err := c.review(ctx, id)
	if err != nil {
		return unread(err), false
	}
	r, answered := c.reply(id, o)
	switch {
	case !answered:
		return out, true
	case squash(r.Content.Text) == squash(text):
		return ingest.Outcome{Result: ingest.Done, Item: r.Content.Item, Standing: r.Standing}, false
	case r.Standing == ingest.Rejected:
		return out, true
	default:
		return ingest.Outcome{Result: ingest.Refused,
			Why: "the review was answered already, and Google would replace that answer; look at it in the Business Profile"}, false
	}
}

func squash(s string) string { return strings.Join(strings.Fields(s), " ") }

// order is one write to the reply of a review.
type order struct {
	method, id string
	body       any
}

// write makes the request. It is done only when the answer says so: a reply
// comes back, a deletion is answered by an object without an error.
func (c *Client) write(ctx context.Context, w order) ingest.Outcome {
	token, err := c.tokens.Token(ctx)
	if err != nil {
		return unread(err)
	}
	x := c.send(ctx, call{token, w.method, c.reviewURL(w.id) + replyPart, w.body})
	o := objectOf(x.Body)
	made := w.method == http.MethodDelete || o.has("comment") || o.has("updateTime")
	if x.OK() && o != nil && !o.has("error") && made {
		return c.done(w, o)
	}
	out := c.outcome(x, o)
	if strings.HasPrefix(out.Code, unauthenticated) {
		// Nothing happened. The next attempt is made with another token.
		if _, err := c.tokens.Refused(ctx, token); err != nil {
			return unread(err)
		}
	}
	return out
}

// done is the outcome of a write that came back as r. A reply is followed until
// Google has looked at it.
func (c *Client) done(w order, r object) ingest.Outcome {
	if w.method == http.MethodDelete {
		c.track(w.id, ingest.Comment{}, false)
		return ingest.Outcome{Result: ingest.Done}
	}
	stands := standing(r.text("reviewReplyState"))
	c.track(w.id, ingest.Comment{Created: c.now(), Standing: stands}, true)
	return ingest.Outcome{Result: ingest.Done, Item: replyItem(c.item(w.id)), Standing: stands}
}

// unread is the outcome of an action that was not begun, since the review could
// not be read or no token was to be had.
func unread(err error) ingest.Outcome {
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		return ingest.Outcome{Result: ingest.Later, After: unreached, Why: "it was interrupted before anything was sent; nothing to do, it is tried again by itself"}
	}
	out := ingest.Outcome{Result: ingest.Refused, Code: e.Code, Why: e.Why, StopPosting: e.Kind == ingest.Dead}
	switch {
	case e.Code == notFound:
		out.Why = goneWhy
	case e.Kind == ingest.Temporary, e.Kind == ingest.Throttled:
		out.Result, out.After = ingest.Later, max(e.RetryAfter, unreached)
	}
	return out
}

// unreached is how long to wait before trying again what was never sent.
const unreached = time.Minute
