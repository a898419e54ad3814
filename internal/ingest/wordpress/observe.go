package wordpress

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"triage/internal/ingest"
)

// errNoItem is a mistake of whoever asks.
var errNoItem = errors.New("observe: that is no id of a comment")

// find reads a comment as it is now. It is gone too when it lies in the trash.
func (c *Client) find(ctx context.Context, item, fields string) (object, error) {
	o, err := c.one(ctx, "wp/v2/comments/"+item, url.Values{"context": {"edit"}, "_fields": {"id,status," + fields}})
	switch {
	case err != nil:
		return nil, err
	case o.id("id") != item:
		return nil, senseless(0)
	}
	return o, nil
}

// Observe reads the comment and the practice's replies to it as they are now.
func (c *Client) Observe(ctx context.Context, item string) (ingest.Observation, error) {
	if !idPattern.MatchString(item) {
		return ingest.Observation{}, errNoItem
	}
	me, err := c.me(ctx)
	if err != nil {
		return ingest.Observation{}, err
	}
	o, err := c.find(ctx, item, "content")
	switch {
	case isGone(err):
		return ingest.Observation{Gone: true, Code: readErrorOf(err).Code}, nil
	case err == nil && trashed(o):
		return ingest.Observation{Gone: true, Code: o.text("status")}, nil
	case err != nil:
		return ingest.Observation{}, err
	}
	own, err := c.ownReplies(ctx, item, me)
	if err != nil {
		return ingest.Observation{}, err
	}
	return ingest.Observation{Text: o.html("content").text, Hidden: hidden(o), Own: own}, nil
}

func trashed(o object) bool { return o.text("status") == trash || o.text("status") == postTrash }

// ownReplies are the practice's replies to a comment: also those that wait for
// approval or were taken for spam, which nobody sees.
func (c *Client) ownReplies(ctx context.Context, item string, me user) (own []ingest.OwnReply, err error) {
	seen := map[string]bool{}
	for _, status := range []string{"all", spam} {
		l := list{status: status, size: sweepPage, query: url.Values{"order": {"asc"}, "parent": {item}, "author": {strings.Join(c.authors(me), ",")},
			"_fields": {"id,parent,author,date_gmt,content,status"}}}
		err := c.walk(ctx, l, func(_ context.Context, _ list, items []object) (bool, error) {
			for _, o := range items {
				id := o.id("id")
				if id == "" || seen[id] || o.id("parent") != item || !c.own(o, me) {
					continue
				}
				seen[id] = true
				own = append(own, ingest.OwnReply{Item: id, Text: o.html("content").text, Created: o.time("date_gmt"), Standing: standing(o)})
			}
			return false, nil
		})
		if err != nil {
			return nil, err
		}
	}
	return own, nil
}

// number is an id as WordPress wants it in what is written.
func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}
