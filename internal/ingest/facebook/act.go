package facebook

import (
	"context"
	"errors"
	"time"

	fb "github.com/huandu/facebook/v2"

	"triage/internal/ingest"
)

const (
	maxReply   = 8000 // characters; third parties agree, Meta says nothing
	maxPrivate = 2000

	replyFields   = "id,message,created_time,from{id},parent{id}"
	observeFields = "id,message,created_time,is_hidden,parent{id,parent{id,parent{id}}},comments.limit(100).filter(stream).order(chronological){" + replyFields + "}"
	privateField  = ",private_reply_conversation{id}"
)

// Capabilities says that on Facebook everything can be done: once.
func (c *Client) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{
		Actions:  []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown},
		MaxReply: maxReply, MaxPrivate: maxPrivate,
	}
}

// Observe reads the comment and the Page's replies to it as they are now.
func (c *Client) Observe(ctx context.Context, item string) (ingest.Observation, error) {
	if item == "" {
		return ingest.Observation{}, errNoItem
	}
	o, err := c.read(ctx, escape(item), params{"fields": observeFields + privateField})
	if kindOf(err) == ingest.Forbidden { // without the permission for messages
		o, err = c.read(ctx, escape(item), params{"fields": observeFields})
	}
	switch {
	case codeOf(err) == goneCode:
		return ingest.Observation{Gone: true}, nil
	case err != nil:
		return ingest.Observation{}, err
	case o.text("id") == "":
		return ingest.Observation{}, c.senseless(0)
	}
	own, err := c.ownReplies(ctx, item, o)
	if err != nil {
		return ingest.Observation{}, err
	}
	return ingest.Observation{
		Text: o.text("message"), Hidden: o.flag("is_hidden"), Answered: o.has("private_reply_conversation"), Own: own,
	}, nil
}

var errNoItem = errors.New("observe: the comment's id is missing")

// ownReplies are the Page's replies to the comment. Facebook hangs a reply to a
// reply under the top comment and does not always say what it answers: what the
// Page said there later counts too, unless it names another comment.
func (c *Client) ownReplies(ctx context.Context, item string, o object) ([]ingest.OwnReply, error) {
	own := replies{client: c, item: item, seen: map[string]bool{}}
	if first, ok := pageOf(o.object("comments")); !o.has("comments") || ok {
		own.add(first)
		if first.more != nil {
			if err := own.below(ctx, item, first.more); err != nil {
				return nil, err
			}
		}
	} else if err := own.below(ctx, item, nil); err != nil {
		return nil, err
	}
	if own.top = top(o); own.top != "" {
		own.since = o.time("created_time")
		if err := own.below(ctx, own.top, nil); err != nil && codeOf(err) != goneCode {
			return nil, err
		}
	}
	return own.found, nil
}

// top is the topmost comment above; empty at top level.
func top(o object) string {
	id := ""
	for o = o.object("parent"); o != nil; o = o.object("parent") {
		id = o.text("id")
	}
	return id
}

// replies collects the Page's own replies to item.
type replies struct {
	client    *Client
	item, top string
	since     time.Time
	seen      map[string]bool
	found     []ingest.OwnReply
}

func (r *replies) below(ctx context.Context, item string, more params) error {
	p := params{"fields": replyFields, "filter": "stream", "order": "chronological", "limit": commentsAtOnce}
	return r.client.walk(ctx, list{path: escape(item) + "/comments", page: p, after: more}, func(pg page) (bool, error) {
		r.add(pg)
		return false, nil
	})
}

func (r *replies) add(pg page) {
	for _, raw := range pg.data {
		o := objectOf(raw)
		id, at := o.text("id"), o.time("created_time")
		to := o.object("parent").text("id")
		other := to != "" && to != r.item && to != r.top
		earlier := !at.IsZero() && at.Before(r.since)
		if id == "" || r.seen[id] || !r.client.own(o) || earlier || other {
			continue
		}
		r.seen[id] = true
		r.found = append(r.found, ingest.OwnReply{Item: id, Text: o.text("message"), Created: at})
	}
}

// Act makes exactly one request, whatever comes of it.
func (c *Client) Act(ctx context.Context, a ingest.Action) ingest.Outcome {
	says := a.Kind == ingest.Reply || a.Kind == ingest.Private
	if a.Item == "" || says && a.Text == "" {
		return ingest.Outcome{Result: ingest.Refused, Why: "there was nothing to send or nothing to send it to; report this to whoever looks after triage"}
	}
	switch a.Kind {
	case ingest.Reply:
		return c.write(ctx, order{fb.POST, escape(a.Item) + "/comments", params{"message": a.Text}, "id"})
	case ingest.Private:
		return c.write(ctx, order{fb.POST, c.cfg.Page + "/messages", params{
			"recipient":      map[string]string{"comment_id": a.Item},
			"message":        map[string]string{"text": a.Text},
			"messaging_type": "RESPONSE",
		}, "message_id"})
	case ingest.Hide:
		return c.write(ctx, order{fb.POST, escape(a.Item), params{"is_hidden": true}, ""})
	case ingest.TakeDown:
		return c.write(ctx, order{fb.DELETE, escape(a.Item), nil, ""})
	default:
		return ingest.Outcome{Result: ingest.Refused, Why: "triage does not know how to do this on Facebook; do it by hand on the Page"}
	}
}

// order is one write. Made is the field of the answer with the id of what was
// made; empty: the answer has success.
type order struct {
	method fb.Method
	path   string
	params params
	made   string
}

// write makes the request. It is done only when the answer says so.
func (c *Client) write(ctx context.Context, w order) ingest.Outcome {
	x := c.call(ctx, w.method, w.path, w.params)
	o := objectOf(x.Body)
	id := o.text(w.made)
	done := w.made != "" && id != "" || w.made == "" && o.flag("success")
	if x.OK() && done && !failureOf(o).known {
		return ingest.Outcome{Result: ingest.Done, Item: id}
	}
	return c.outcome(x, o)
}
