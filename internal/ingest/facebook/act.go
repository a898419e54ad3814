package facebook

import (
	"context"
	"errors"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

const (
	maxReply   = 8000 // characters; third parties agree, Meta says nothing
	maxPrivate = 2000
)

// Capabilities says that on Facebook everything can be done: once.
func (c *Client) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{
		Actions:  []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown},
		MaxReply: maxReply, MaxPrivate: maxPrivate, Name: "Facebook",
		HideNote: "On Facebook a hidden comment stays visible to its author and their friends.",
	}
}

// Observe reads the comment and the Page's replies to it as they are now.
func (c *Client) Observe(ctx context.Context, item string) (ingest.Observation, error) {
	if item == "" {
		return ingest.Observation{}, errNoItem
	}
	o, err := c.api.Read(ctx, graph.Escape(item), graph.Params{"fields": observeFields + privateField})
	if graph.KindOf(err) == ingest.Forbidden { // without the permission for messages
		o, err = c.api.Read(ctx, graph.Escape(item), graph.Params{"fields": observeFields})
	}
	switch {
	case graph.Gone(err):
		return ingest.Observation{Gone: true, Code: graph.CodeOf(err)}, nil
	case err != nil:
		return ingest.Observation{}, err
	case o.Text("id") == "":
		return ingest.Observation{}, c.api.Senseless()
	}
	own, err := c.ownReplies(ctx, item, o)
	if err != nil {
		return ingest.Observation{}, err
	}
	return ingest.Observation{
		Text: o.Text("message"), Hidden: o.Flag("is_hidden"), Answered: o.Has("private_reply_conversation"), Own: own,
	}, nil
}

var errNoItem = errors.New("observe: the comment's id is missing")

// ownReplies are the Page's replies to the comment. Facebook hangs a reply to a
// reply under the top comment and does not always say what it answers: what the
// Page said there later counts too, unless it names another comment.
func (c *Client) ownReplies(ctx context.Context, item string, o graph.Object) ([]ingest.OwnReply, error) {
	own := replies{client: c, item: item, seen: map[string]bool{}}
	first := graph.Within(o, "comments")
	own.add(first)
	if first.More != nil {
		if err := own.below(ctx, item, first.More); err != nil {
			return nil, err
		}
	}
	if own.top = top(o); own.top != "" {
		own.since = o.Time("created_time")
		if err := own.below(ctx, own.top, nil); err != nil && !graph.Gone(err) {
			return nil, err
		}
	}
	return own.found, nil
}

// top is the topmost comment above; empty at top level.
func top(o graph.Object) string {
	id := ""
	for o = o.Object("parent"); o != nil; o = o.Object("parent") {
		id = o.Text("id")
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

func (r *replies) below(ctx context.Context, item string, more graph.Params) error {
	p := graph.Params{"fields": replyFields, "filter": "stream", "order": "chronological", "limit": commentsAtOnce}
	return r.client.api.Walk(ctx, graph.List{Path: graph.Escape(item) + "/comments", Page: p, After: more}, func(pg graph.Page) (bool, error) {
		r.add(pg)
		return false, nil
	})
}

func (r *replies) add(pg graph.Page) {
	for _, raw := range pg.Data {
		o := graph.ObjectOf(raw)
		id, at := o.Text("id"), o.Time("created_time")
		to := o.Object("parent").Text("id")
		other := to != "" && to != r.item && to != r.top
		earlier := !at.IsZero() && at.Before(r.since)
		if id == "" || r.seen[id] || !r.client.own(o) || earlier || other {
			continue
		}
		r.seen[id] = true
		r.found = append(r.found, ingest.OwnReply{Item: id, Text: o.Text("message"), Created: at})
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
		return c.api.Write(ctx, graph.Order{Path: graph.Escape(a.Item) + "/comments", Params: graph.Params{"message": a.Text}, Made: "id"})
	case ingest.Private:
		return c.api.Write(ctx, graph.Order{Path: c.cfg.Page + "/messages", Made: "message_id", Params: graph.Params{
			"recipient":      map[string]string{"comment_id": a.Item},
			"message":        map[string]string{"text": a.Text},
			"messaging_type": "RESPONSE",
		}})
	case ingest.Hide:
		return c.api.Write(ctx, graph.Order{Path: graph.Escape(a.Item), Params: graph.Params{"is_hidden": true}})
	case ingest.TakeDown:
		return c.api.Write(ctx, graph.Order{Path: graph.Escape(a.Item), Delete: true})
	default:
		return ingest.Outcome{Result: ingest.Refused, Why: "triage does not know how to do this on Facebook; do it by hand on the Page"}
	}
}
