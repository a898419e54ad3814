package facebook

import (
	"encoding/json"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

// The fields that are asked for, of Page, PagePost and Comment in the Graph API.
const (
	commentFields = "id,message,created_time,from{id,name},parent{id},attachment{type},is_hidden,can_hide,can_reply_privately,permalink_url"
	postFields    = "id,message,created_time,comments.limit(50).filter(stream).order(chronological){" + commentFields + "}"
	peekFields    = "id,message,created_time,comments.limit(25).filter(stream).order(reverse_chronological){" + commentFields + "}"

	replyFields   = "id,message,created_time,from{id},parent{id}"
	observeFields = "id,message,created_time,is_hidden,parent{id,parent{id,parent{id}}},comments.limit(100).filter(stream).order(chronological){" + replyFields + "}"
	privateField  = ",private_reply_conversation{id}"

	pageFields  = "id,name,category"
	checkFields = "id,comments.limit(1).filter(stream){id,from{id}}"
)

// privateWindow is how long after it was made Meta lets a comment be answered
// privately.
const privateWindow = 7 * 24 * time.Hour

// comment turns Facebook's shape into ours; ok is false without an id.
func (c *Client) comment(raw json.RawMessage, post graph.Object) (out ingest.Comment, ok bool) {
	o := graph.ObjectOf(raw)
	from := o.Object("from")
	out = ingest.Comment{
		Platform: Platform, Account: c.account, Created: o.Time("created_time"),
		Own: c.own(o), Media: o.Has("attachment"), Hidden: o.Flag("is_hidden"), CanHide: o.Flag("can_hide"),
		Content: ingest.Content{
			Text: o.Text("message"), Author: from.Text("name"), AuthorID: from.Text("id"),
			Item: o.Text("id"), Post: post.Text("id"), Parent: o.Object("parent").Text("id"),
			Link: o.Text("permalink_url"), Title: graph.Title(post.Text("message")),
		},
	}
	if o.Flag("can_reply_privately") && !out.Own && !out.Created.IsZero() {
		out.PrivateUntil = out.Created.Add(privateWindow)
	}
	return out, out.Content.Item != ""
}

// own reports whether the Page wrote it. Facebook may not say who wrote it:
// then it counts as somebody else's.
func (c *Client) own(o graph.Object) bool { return o.Object("from").Text("id") == c.cfg.Page }
