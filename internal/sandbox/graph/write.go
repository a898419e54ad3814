package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

const (
	maxComment = 8000 // characters
	maxPrivate = 2000
)

// postField is a field that only posts have.
func (c *call) postField(it *board.Item, name string) (any, *graphError) {
	switch name {
	case "updated_time":
		return c.touched(it).Format(graphTime), nil
	case "is_published":
		return it.Kind != board.DarkPost, nil
	case "status_type":
		return "mobile_status_update", nil
	case "story", "full_picture", "parent_id", "shares":
		return nil, nil
	}
	return nil, errField(name, "Post")
}

// commentField is a field that only comments have.
func (c *call) commentField(it *board.Item, f field) (any, *graphError) {
	switch f.name {
	case "parent":
		return c.parent(it, f.sub)
	case "attachment":
		return attachment(it), nil
	case "object":
		return map[string]any{"id": it.Post}, nil
	case "private_reply_conversation":
		return conversation(it), nil
	case "comment_count":
		return c.answers(it), nil
	case "can_hide":
		return !it.Own && may(it, f.name), nil
	case "can_comment", "can_remove":
		return may(it, f.name), nil
	case "can_like":
		return true, nil
	case "is_private", "user_likes":
		return false, nil
	case "like_count":
		return 0, nil
	case "live_broadcast_timestamp":
		return nil, nil
	}
	return nil, errField(f.name, "Comment")
}

// parent is the comment that is answered, as an object of its own. It names
// the direct one, although a reply to a reply is listed below the top comment.
func (c *call) parent(it *board.Item, sub []field) (any, *graphError) {
	up := c.board.ByID[it.Parent]
	if up == nil || recommends(up) {
		return nil, nil
	}
	if len(sub) > 0 {
		return c.render(up, sub)
	}
	return c.render(up, []field{{name: "created_time"}, {name: "message"}, {name: "from"}})
}

func (c *call) answers(it *board.Item) int {
	n := 0
	for _, below := range c.board.Items {
		if below.Root == it.ID && !c.board.Gone(below) {
			n++
		}
	}
	return n
}

func attachment(it *board.Item) any {
	kind, ok := map[string]string{"photo": "photo", "sticker": "sticker", "video": "video_inline", "share": "share"}[it.Media]
	if !ok {
		return nil
	}
	at := "https://www.facebook.com/" + it.Media + "/1"
	return map[string]any{"type": kind, "url": at, "target": map[string]any{"id": "1", "url": at},
		"media": map[string]any{"image": map[string]any{"height": 720, "width": 540, "src": "https://scontent.example/1.jpg"}}}
}

func conversation(it *board.Item) any {
	if len(it.Private) == 0 {
		return nil
	}
	last := it.Private[len(it.Private)-1]
	return map[string]any{"id": "t_" + it.ID, "message_count": len(it.Private), "updated_time": last.At.Format(graphTime)}
}

// change is what a POST or DELETE does to a post or comment.
func (c *call) change(it *board.Item) (any, *graphError) {
	if c.kind != pageToken {
		return nil, failed(200, 0, "(#200) If posting to a page, requires pages_manage_engagement permission with Page token")
	}
	if err := c.need(200, "pages_manage_engagement", "MODERATE"); err != nil {
		return nil, err
	}
	switch {
	case c.method == http.MethodPost && len(c.path) == 2:
		return c.answer(it)
	case c.method == http.MethodDelete && len(c.path) == 1:
		if recommends(it) || !may(it, "can_remove") {
			return nil, denied()
		}
		return c.commit(board.Record{Op: board.Delete, ID: it.ID})
	case c.method == http.MethodPost && len(c.path) == 1:
		return c.update(it)
	}
	return nil, unsupported(c.method)
}

func denied() *graphError { return failed(200, 0, "(#200) Permissions error") }

// blocked refuses what Meta takes for abuse, while that is switched on.
func (c *call) blocked() *graphError {
	switch c.on("block") {
	case "368":
		return failed(368, 1390008, "(#368) The action attempted has been deemed abusive or is otherwise disallowed")
	case "4":
		return failed(4, 2207051, "(#4) We restrict certain activity to protect our community. Tell us if you think we made a mistake.")
	}
	return nil
}

// answer is POST /{post|comment}/comments by the Page.
func (c *call) answer(to *board.Item) (any, *graphError) {
	text := c.args["message"]
	switch {
	case text == "" && c.args["attachment_url"] == "" && c.args["attachment_id"] == "":
		return nil, failed(100, 0, "(#100) Missing message or attachment")
	case utf8.RuneCountInString(text) > maxComment:
		return nil, failed(100, 0, "(#100) Param message must be at most %d characters", maxComment)
	case !may(to, "can_comment"):
		return nil, denied()
	}
	fields, err := parseFields(c.args["fields"])
	if err == nil {
		err = c.blocked()
	}
	if err != nil {
		return nil, err
	}
	it := c.reply(Facebook{c.Graph}, to, text)
	if _, err := c.commit(board.Record{Op: board.Add, Item: it}); err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return map[string]any{"id": it.ID}, nil
	}
	return c.render(c.board.ByID[it.ID], fields)
}

// reply is what the practice answers to a post or comment, before it is written.
func (c *call) reply(as board.Maker, to *board.Item, text string) *board.Item {
	post := to
	if up := c.board.ByID[to.Post]; up != nil {
		post = up
	}
	it := as.NewComment(post, 0)
	it.Text, it.Own, it.Created = text, true, c.opt.now()
	it.Author, _ = as.Practice()
	if to.Kind == "" {
		it.Parent, it.Root = to.ID, to.Root
		if it.Root == "" {
			it.Root = to.ID
		}
	}
	return it
}

// update is POST /{comment}: an edit of one's own words, or hiding others'.
func (c *call) update(it *board.Item) (any, *graphError) {
	var recs []board.Record
	if text, ok := c.args["message"]; ok {
		if !it.Own {
			return nil, denied()
		}
		recs = append(recs, board.Record{Op: board.Edit, ID: it.ID, Text: text, At: c.opt.now()})
	}
	if hidden, ok := c.args["is_hidden"]; ok {
		if it.Own || recommends(it) || !may(it, "can_hide") {
			return nil, denied()
		}
		recs = append(recs, board.Record{Op: board.Hide, ID: it.ID, Hidden: hidden == "true" || hidden == "1"})
	}
	if len(recs) == 0 {
		return nil, failed(100, 0, "(#100) Nothing to update")
	}
	return c.commit(recs...)
}

// recipient is to whom a private answer goes.
type recipient struct {
	Comment string `json:"comment_id"`
	Post    string `json:"post_id"`
}

func (r recipient) id() string { return r.Comment + r.Post }

func (c *call) recipient() recipient {
	var to recipient
	_ = json.Unmarshal([]byte(c.args["recipient"]), &to)
	return to
}

// sendMessage is POST /{page}/messages to the author of a comment: once per
// comment for ever, within seven days.
func (c *call) sendMessage() (any, *graphError) {
	if c.kind != pageToken {
		return nil, failed(200, 0, "(#200) Requires pages_messaging permission with Page token")
	}
	if err := c.need(200, "pages_messaging", "MESSAGING"); err != nil {
		return nil, err
	}
	it := c.board.ByID[c.recipient().id()]
	if c.platform == instagram {
		if err := c.need(200, "instagram_manage_messages"); err != nil {
			return nil, c.instagramError(err)
		}
		out, err := c.direct(it)
		return out, c.instagramError(err)
	}
	var say struct {
		Text string `json:"text"`
	}
	if c.recipient().id() == "" || json.Unmarshal([]byte(c.args["message"]), &say) != nil {
		return nil, failed(100, 0, "(#100) Param recipient and message must be JSON objects")
	}
	if n := utf8.RuneCountInString(say.Text); n == 0 || n > maxPrivate {
		return nil, failed(100, 0, "(#100) Length of param message[text] must be from 1 to %d", maxPrivate)
	}
	if c.board.Gone(it) || it.Platform != facebook || recommends(it) || c.lost(facebook, "items") {
		return nil, failed(100, 2018292, "(#100) Invalid comment id")
	}
	return c.tell(it, say.Text)
}

func (c *call) tell(it *board.Item, text string) (any, *graphError) {
	late := failed(10901, 0, "(#10901) This activity cannot be replied to")
	if c.on("private-late") == "10902" {
		late = failed(10902, 0, "(#10902) This is not a replyable activity")
	}
	switch {
	case len(it.Private) > 0:
		return nil, failed(10900, 0, "(#10900) Activity already replied to")
	case it.Own || it.Author == "":
		return nil, failed(10903, 0, "(#10903) This user can't reply to this activity")
	case !c.canPrivate(it):
		return nil, late
	}
	return c.deliver(it, text)
}

// deliver writes a private answer.
func (c *call) deliver(it *board.Item, text string) (any, *graphError) {
	if err := c.blocked(); err != nil {
		return nil, err
	}
	if _, err := c.commit(board.Record{Op: board.Private, ID: it.ID, Text: text, At: c.opt.now()}); err != nil {
		return nil, err
	}
	out := map[string]any{"recipient_id": personID(it.Author), "message_id": fmt.Sprintf("m_%s", it.ID)}
	if c.on("recipient") == "left-out" {
		delete(out, "recipient_id")
	}
	return out, nil
}

// commit makes changes durable and answers as Meta does when all went well.
func (c *call) commit(recs ...board.Record) (any, *graphError) {
	if err := c.board.Write(recs...); err != nil {
		c.opt.Log.Error("could not write the log", zap.Error(err))
		fail := failed(2, 0, "An unexpected error has occurred. Please retry your request later.")
		fail.Transient = true
		return nil, fail
	}
	if c.on("answers") == "true" {
		return true, nil
	}
	return map[string]any{"success": true}, nil
}
