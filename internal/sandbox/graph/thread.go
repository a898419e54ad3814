package graph

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"triage/internal/sandbox/board"
)

// What is below a media of Instagram, and what can be done there.
const (
	maxReplies = 50   // comments or replies on a page
	maxReply   = 2200 // characters of one
	maxDirect  = 1000 // bytes of a private answer
)

// mayComment refuses a token that may not read or write comments.
func (c *call) mayComment(code int) *graphError {
	if c.kind == instagramToken {
		return c.need(code, "instagram_business_manage_comments")
	}
	return c.need(code, "instagram_manage_comments")
}

// thread answers for the comments of a media, which are the top ones only and
// newest first, or for the replies to a comment, oldest first.
func (c *call) thread(under *board.Item, a args, fields []field) (map[string]any, *graphError) {
	if err := c.mayComment(10); err != nil {
		return nil, err
	}
	top := under.Kind != ""
	blind := !c.manages() || under.Kind == board.DarkPost || c.lost(instagram, "lists")
	leftOut := c.Graph.on(instagram, "hidden") == "left-out"
	slots := c.items(func(it *board.Item) bool {
		mine := it.Root == under.ID || top && it.Post == under.ID && it.Root == ""
		return mine && !blind && !withheld(it) && !(leftOut && it.Hidden && !it.Own)
	}, top)
	return c.edge(list{slots: slots, path: under.ID + "/" + edgeOf(under), args: a, most: maxReplies, bare: c.bare(),
		show: func(it *board.Item) (map[string]any, *graphError) { return c.renderReply(it, fields) }})
}

// renderReply gives the asked fields of a comment or reply.
func (c *call) renderReply(it *board.Item, fields []field) (map[string]any, *graphError) {
	if len(fields) == 0 {
		fields = []field{{name: "timestamp"}, {name: "text"}}
	}
	return show(it.ID, fields, func(f field) (any, *graphError) { return c.replyField(it, f) })
}

func (c *call) replyField(it *board.Item, f field) (any, *graphError) {
	switch f.name {
	case "id":
		return it.ID, nil
	case "text":
		return it.Text, nil
	case "timestamp":
		return it.Created.Format(graphTime), nil
	case "hidden":
		return it.Hidden, nil
	case "like_count":
		return 0, nil
	case "legacy_instagram_comment_id":
		return "178" + it.ID[3:], nil
	case "username":
		return orNone(it.Author), nil
	case "parent_id":
		return orNone(it.Root), nil
	case "from":
		return c.commenter(it), nil
	case "user":
		if !it.Own {
			return nil, nil
		}
		return map[string]any{"id": c.opt.InstagramID, "username": c.opt.InstagramName}, nil
	case "media":
		if len(f.sub) == 0 {
			f.sub = []field{{name: "media_product_type"}}
		}
		return c.renderMedia(c.board.ByID[it.Post], f.sub)
	case "replies":
		return unlessEmpty(c.thread(it, f.expanded(), f.sub))
	}
	return nil, errField(f.name, "IGComment")
}

// orNone leaves a field without value out.
func orNone(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// commenter is who wrote a comment, under ids that only this account knows.
func (c *call) commenter(it *board.Item) any {
	switch {
	case it.Own:
		return map[string]any{"id": c.opt.InstagramID, "username": c.opt.InstagramName, "self_ig_scoped_id": c.scopedID()}
	case it.Author == "":
		return nil
	}
	return map[string]any{"id": personID(it.Author), "username": it.Author}
}

// moderate is what a POST or DELETE does to a media or comment.
func (c *call) moderate(it *board.Item) (any, *graphError) {
	if err := c.mayComment(200); err != nil {
		return nil, err
	}
	post, alone := c.method == http.MethodPost, len(c.path) == 1
	switch {
	case !c.manages():
		return nil, denied()
	case post && len(c.path) == 2 && c.path[1] == edgeOf(it):
		return c.comment(it)
	case post && alone && it.Kind == "":
		return c.hide(it)
	case c.method == http.MethodDelete && alone && it.Kind == "":
		return c.commit(board.Record{Op: board.Delete, ID: it.ID})
	}
	return nil, unsupported(c.method)
}

// comment is a comment on a media or a reply to one, by the account. A reply to a
// reply goes under the top one; nothing goes under what is hidden.
func (c *call) comment(to *board.Item) (any, *graphError) {
	text := c.args["message"]
	top := c.board.ByID[to.Root]
	switch {
	case text == "":
		return nil, failed(100, 0, "(#100) The parameter message is required")
	case utf8.RuneCountInString(text) > maxReply:
		return nil, failed(100, 0, "(#100) Param message must be at most %d characters", maxReply)
	case to.Hidden || top != nil && top.Hidden:
		return nil, failed(100, 0, "(#100) Cannot reply to a hidden comment")
	}
	if err := c.blocked(); err != nil {
		return nil, err
	}
	it := c.reply(Instagram{c.Graph}, to, text)
	it.Parent = it.Root
	if _, err := c.commit(board.Record{Op: board.Add, Item: it}); err != nil {
		return nil, err
	}
	return map[string]any{"id": it.ID}, nil
}

// hide is POST /{comment}?hide=.
func (c *call) hide(it *board.Item) (any, *graphError) {
	switch hide := c.args["hide"]; hide {
	case "true", "false", "1", "0":
		return c.commit(board.Record{Op: board.Hide, ID: it.ID, Hidden: hide == "true" || hide == "1"})
	}
	return nil, failed(100, 0, "(#100) The parameter hide is required")
}

// sendDirect is POST /{account}/messages with the account's own token; with the
// Page's it is the Page that sends.
func (c *call) sendDirect() (any, *graphError) {
	if c.kind != instagramToken {
		return nil, errMissing(c.path[0])
	}
	if err := c.need(200, "instagram_business_manage_messages"); err != nil {
		return nil, err
	}
	return c.direct(c.board.ByID[c.recipient().id()])
}

// direct is a private answer to a comment: once for ever, within seven days.
func (c *call) direct(it *board.Item) (any, *graphError) {
	var say struct {
		Text string `json:"text"`
	}
	_ = json.Unmarshal([]byte(c.args["message"]), &say)
	invalid, late := failed(100, 2534025, "(#100) The comment is invalid for a private reply"),
		failed(10, 2534022, "(#10) This message is sent outside of allowed window.")
	again, nobody := invalid, invalid
	if c.Graph.on(instagram, "private-errors") == facebook {
		again, nobody = failed(10900, 0, "(#10900) Activity already replied to"), failed(10903, 0, "(#10903) This user can't reply to this activity")
		late = failed(10901, 0, "(#10901) This activity cannot be replied to")
	}
	switch {
	case say.Text == "" || len(say.Text) > maxDirect:
		return nil, failed(100, 0, "(#100) Length of param message[text] must be from 1 to %d bytes", maxDirect)
	case c.board.Gone(it) || it.Platform != instagram || it.Kind != "" || withheld(it) || c.lost(instagram, "items"):
		return nil, invalid
	case len(it.Private) > 0:
		return nil, again
	case it.Own || it.Author == "":
		return nil, nobody
	case c.late(it):
		return nil, late
	}
	return c.deliver(it, say.Text)
}
