package instagram

import (
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

// The fields that are asked for, of IGMedia and IGComment in the Graph API. The
// comments of a media come newest first, at most 50 at a time, and only those at
// the top level; what answers them is asked for within them.
const (
	replyFields   = "id,text,timestamp,username,from{id,username},hidden,parent_id,user{id}"
	commentFields = replyFields + ",replies.limit(50){" + replyFields + "}"
	mediaFields   = "id,caption,timestamp,permalink,comments_count"
	sweepFields   = mediaFields + ",comments.limit(50){" + commentFields + "}"
	peekFields    = mediaFields + ",comments.limit(10){" + replyFields + ",replies.limit(10){" + replyFields + "}}"
	checkFields   = "id,comments.limit(1){id,username}"
)

// privateWindow is how long after it was made Meta lets a comment be answered
// privately.
const privateWindow = 7 * 24 * time.Hour

// comment turns Instagram's shape into ours; ok is false without an id. Under
// is the comment that o was found below.
func (m *media) comment(o graph.Object, under string) (out ingest.Comment, ok bool) {
	own := m.us.wrote(o)
	hidden := o.Flag("hidden")
	text := o.Text("text")
	out = ingest.Comment{
		Platform: Platform, Account: m.account, Created: o.Time("timestamp"), Own: own,
		Hidden: hidden, NoReply: hidden, // Instagram takes no reply to a hidden one
		CanHide: !own,
		Media:   strings.TrimSpace(text) == "", // a picture, of which Instagram tells nothing
		Content: ingest.Content{
			Text: text, Author: name(o), AuthorID: o.Object("from").Text("id"),
			Item: o.Text("id"), Post: m.id, Parent: o.Text("parent_id"),
			Link: m.object.Text("permalink"), Title: graph.Title(m.object.Text("caption")),
		},
	}
	if out.Content.Parent == "" {
		out.Content.Parent = under
	}
	if !own && !out.Created.IsZero() {
		out.PrivateUntil = out.Created.Add(privateWindow)
	}
	return out, out.Content.Item != ""
}
