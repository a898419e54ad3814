package instagram

import (
	"context"
	"errors"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

const (
	maxReply   = 2200 // characters; third parties agree, Meta says nothing
	maxPrivate = 1000 // bytes of UTF-8
)

// Capabilities says that on Instagram everything can be done, a private answer
// once.
func (c *Client) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{
		Actions:  []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown},
		MaxReply: maxReply, MaxPrivate: maxPrivate, LengthPrivate: func(s string) int { return len(s) },
		Name: "Instagram", Display: ingest.Display{Note: "Instagram puts every reply under the first comment of the conversation."},
		HideNote: "On Instagram a hidden comment is not deleted, and can no longer be answered: the reply goes out first.",
	}
}

// Observe reads the comment and our replies to it as they are now. A comment
// that is hidden is not gone, though lists may leave it out. Whether it was
// answered privately Instagram does not tell: Answered is never set, and
// Instagram itself refuses a second private answer.
func (c *Client) Observe(ctx context.Context, item string) (ingest.Observation, error) {
	if item == "" {
		return ingest.Observation{}, errNoItem
	}
	us, err := c.self(ctx)
	if err != nil {
		return ingest.Observation{}, err
	}
	o, err := c.api.Read(ctx, graph.Escape(item), graph.Params{"fields": commentFields})
	switch {
	case graph.Gone(err):
		return ingest.Observation{Gone: true, Code: graph.CodeOf(err)}, nil
	case err != nil:
		return ingest.Observation{}, err
	case o.Text("id") == "":
		return ingest.Observation{}, c.api.Senseless()
	}
	r := replies{client: c, us: us, seen: map[string]bool{}}
	if err := r.to(ctx, item, o); err != nil {
		return ingest.Observation{}, err
	}
	return ingest.Observation{Text: o.Text("text"), Hidden: o.Flag("hidden"), Own: r.found}, nil
}

var errNoItem = errors.New("observe: the comment's id is missing")

// replies collects our own replies to one comment.
type replies struct {
	client *Client
	us     self
	since  time.Time
	seen   map[string]bool
	found  []ingest.OwnReply
}

// to collects those to item, which is o. Instagram hangs a reply to a reply under
// the top comment and does not say what it answers: what we said there later
// counts too.
func (r *replies) to(ctx context.Context, item string, o graph.Object) error {
	first := graph.Within(o, "replies")
	r.add(first)
	if first.More != nil {
		if err := r.below(ctx, item, first.More); err != nil {
			return err
		}
	}
	top := o.Text("parent_id")
	if top == "" {
		return nil
	}
	r.since = o.Time("timestamp")
	if err := r.below(ctx, top, nil); err != nil && !graph.Gone(err) {
		return err
	}
	return nil
}

func (r *replies) below(ctx context.Context, item string, more graph.Params) error {
	l := graph.List{Path: graph.Escape(item) + "/replies", After: more, Page: graph.Params{"fields": replyFields, "limit": commentsAtOnce}}
	return r.client.api.Walk(ctx, l, func(pg graph.Page) (bool, error) {
		r.add(pg)
		return false, nil
	})
}

func (r *replies) add(pg graph.Page) {
	for _, raw := range pg.Data {
		o := graph.ObjectOf(raw)
		id, at := o.Text("id"), o.Time("timestamp")
		earlier := !at.IsZero() && at.Before(r.since)
		if id == "" || r.seen[id] || !r.us.wrote(o) || earlier {
			continue
		}
		r.seen[id] = true
		r.found = append(r.found, ingest.OwnReply{Item: id, Text: o.Text("text"), Created: at})
	}
}

// notTaken words what Instagram does not explain about a reply.
const notTaken = "{platform} does not take this reply, perhaps because the comment is hidden or was made on a live video; look at it there, and answer by hand if that is still right"

// Act makes exactly one request, whatever comes of it.
func (c *Client) Act(ctx context.Context, a ingest.Action) ingest.Outcome {
	says := a.Kind == ingest.Reply || a.Kind == ingest.Private
	if a.Item == "" || says && a.Text == "" {
		return ingest.Outcome{Result: ingest.Refused, Why: "there was nothing to send or nothing to send it to; report this to whoever looks after triage"}
	}
	switch a.Kind {
	case ingest.Reply:
		return c.api.Write(ctx, graph.Order{Path: graph.Escape(a.Item) + "/replies", Params: graph.Params{"message": a.Text}, Made: "id", Wrong: notTaken})
	case ingest.Private:
		from := c.cfg.Page
		if c.cfg.Login == InstagramLogin {
			from = c.cfg.Account
		}
		return c.api.Write(ctx, graph.Order{Path: from + "/messages", Made: "message_id", Params: graph.Params{
			"recipient": map[string]string{"comment_id": a.Item},
			"message":   map[string]string{"text": a.Text},
		}})
	case ingest.Hide:
		return c.api.Write(ctx, graph.Order{Path: graph.Escape(a.Item), Params: graph.Params{"hide": true}})
	case ingest.TakeDown:
		return c.api.Write(ctx, graph.Order{Path: graph.Escape(a.Item), Delete: true})
	default:
		return ingest.Outcome{Result: ingest.Refused, Why: "triage does not know how to do this on Instagram; do it by hand there"}
	}
}
