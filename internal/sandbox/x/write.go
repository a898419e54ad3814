package x

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

const (
	repeats    = 24 * time.Hour // how long a text cannot be posted again
	notAllowed = "You are not permitted to perform this action."
)

// draft is the body of POST /2/tweets. A member that is not here is refused.
type draft struct {
	Text  string `json:"text"`
	Reply *struct {
		To       string   `json:"in_reply_to_tweet_id"`
		Exclude  []string `json:"exclude_reply_user_ids"`
		Populate *bool    `json:"auto_populate_reply_metadata"`
	} `json:"reply"`
	Quote        string          `json:"quote_tweet_id"`
	DeepLink     string          `json:"direct_message_deep_link"`
	Settings     string          `json:"reply_settings"`
	Edit         json.RawMessage `json:"edit_options"`
	Media        json.RawMessage `json:"media"`
	Poll         json.RawMessage `json:"poll"`
	Geo          json.RawMessage `json:"geo"`
	Card         string          `json:"card_uri"`
	Community    string          `json:"community_id"`
	Subscribers  bool            `json:"for_super_followers_only"`
	AI           bool            `json:"made_with_ai"`
	Nullcast     bool            `json:"nullcast"`
	Partnership  bool            `json:"paid_partnership"`
	ShareWithAll bool            `json:"share_with_followers"`
}

// strict decodes a body as X does: an unknown member or another type is refused.
func (c *call) strict(into any) *problem {
	raw, _ := io.ReadAll(c.r.Body)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		return nil
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return invalid("", "", "[$.%s: is not defined in the schema and the schema does not allow additional properties]", strings.Trim(name, `"`))
	}
	return invalid("", "", "The request body is not what the schema says: %v", err)
}

var deepLink = regexp.MustCompile(`^https://(x|twitter)\.com/messages/compose\?recipient_id=[0-9]{1,19}(&text=.*)?$`)

// create is POST /2/tweets.
func (c *call) create() (any, *problem) {
	var d draft
	if err := c.strict(&d); err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	it := c.NewPost(board.PagePost, 0)
	it.Text, it.Created, it.More = d.Text, c.now().Truncate(time.Second), map[string]string{}
	if d.DeepLink != "" {
		it.More[moreLink] = d.DeepLink
	}
	if d.Nullcast {
		it.Kind = board.DarkPost
	}
	if r := d.Reply; r != nil {
		if err := c.answers(it, r.To); err != nil {
			return nil, err
		}
		if r.Populate != nil && !*r.Populate || len(r.Exclude) > 0 {
			it.More[moreBare] = "true"
		}
	}
	if err := c.quotes(it, d.Quote); err != nil {
		return nil, err
	}
	if err := c.publish(it); err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	p := latest(it)
	return object{"data": object{"id": p.id(), "text": c.words(p, false).text, c.names.history: p.chain()}}, nil
}

// check looks at what the schema says of the members.
func (d *draft) check() *problem {
	ids := []string{d.Quote, d.Community}
	if d.Reply != nil {
		ids = append(ids, d.Reply.To)
		if d.Reply.To == "" {
			return invalid("", "", "[$.reply.in_reply_to_tweet_id: is missing but it is required]")
		}
	}
	for _, id := range ids {
		if id != "" && !idPattern.MatchString(id) {
			return invalid("", "", "[$: %s does not match the regex pattern ^[0-9]{1,19}$]", id)
		}
	}
	switch {
	case !strings.Contains(" following mentionedUsers subscribers verified ", " "+d.Settings+" ") && d.Settings != "":
		return invalid("", "", "[$.reply_settings: does not have a value in the enumeration]")
	case len(d.Media)+len(d.Poll)+len(d.Geo)+len(d.Edit) > 0:
		return invalid("", "", "Your media IDs are invalid.")
	case d.DeepLink != "" && !deepLink.MatchString(d.DeepLink):
		return invalid("", "", "direct_message_deep_link is not valid")
	case strings.TrimSpace(d.Text) == "":
		return invalid("", "", "Your Tweet text is empty.")
	}
	return nil
}

// answers makes it a reply, if its author may reply there.
func (c *call) answers(it *board.Item, to string) *problem {
	p, ok := c.find(to)
	switch {
	case !ok || c.hiddenFromUs(p.Item):
		return forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
	case c.on("replies") == "summoned" && !c.summons(latest(p.Item)):
		return forbidden("Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.")
	}
	it.Kind, it.Post = "", p.ID
	if p.Kind == "" {
		it.Post, it.Parent, it.Root = p.Post, p.ID, p.Root
		if it.Root == "" {
			it.Root = p.ID
		}
	}
	return nil
}

func (c *call) quotes(it *board.Item, id string) *problem {
	if id == "" {
		return nil
	}
	p, ok := c.find(id)
	switch {
	case !ok || c.hiddenFromUs(p.Item):
		return forbidden("You attempted to quote a Tweet that is deleted or not visible to you.")
	case c.on("replies") == "summoned" && !c.summons(latest(p.Item)):
		return forbidden("Quoting this post is not allowed because you have not been mentioned or are not part of the conversation thread of the post you are quoting.")
	}
	it.More[moreQuotes] = p.ID
	return nil
}

// publish stores a post of the practice, unless it is too long or said before.
func (c *call) publish(it *board.Item) *problem {
	if weight(it.Text) > maxWeight {
		return c.tooLong()
	}
	for _, before := range c.board.Items {
		if c.stands(before) && before.Own && before.Text == it.Text && before.Created.After(it.Created.Add(-repeats)) && c.on("duplicates") == "refused" {
			return c.duplicate()
		}
	}
	if err := c.Finish(it); err != nil {
		return invalid("", "", "%v", err)
	}
	return c.commit(board.Record{Op: board.Add, Item: it})
}

func (c *call) tooLong() *problem {
	const why = "Your Tweet text is too long. For more information on how Twitter determines text length see https://github.com/twitter/twitter-text."
	if c.old() {
		return old(http.StatusForbidden, 186, "Tweet needs to be a bit shorter.")
	}
	return forbidden(why)
}

func (c *call) duplicate() *problem {
	if c.old() {
		return old(http.StatusForbidden, 187, "Status is a duplicate.")
	}
	return forbidden("You are not allowed to create a Tweet with duplicate content.")
}

// commit makes a change durable.
func (c *call) commit(rec board.Record) *problem {
	err := c.board.Write(rec)
	if err == nil {
		return nil
	}
	c.opt.Log.Error("could not write the log", zap.Error(err))
	return &problem{status: http.StatusInternalServerError, kind: "internal-error", title: "Internal Error", detail: "Something is broken."}
}

// remove is DELETE /2/tweets/{id}: all versions go.
func (c *call) remove() (any, *problem) {
	p, ok := c.find(c.id)
	switch {
	case !ok:
		return nil, missing(c.id)
	case !p.Own:
		return nil, forbidden(notAllowed)
	}
	if err := c.commit(board.Record{Op: board.Delete, ID: p.ID}); err != nil {
		return nil, err
	}
	return object{"data": object{"deleted": true}}, nil
}

// hide is PUT /2/tweets/{id}/hidden: of replies to what the practice began.
func (c *call) hide() (any, *problem) {
	var to struct {
		Hidden *bool `json:"hidden"`
	}
	if err := c.strict(&to); err != nil {
		return nil, err
	}
	p, ok := c.find(c.id)
	switch {
	case to.Hidden == nil:
		return nil, invalid("", "", "[$.hidden: is missing but it is required]")
	case !ok:
		return nil, missing(c.id)
	case p.Own || c.target(p.Item) == nil || !c.root(p.Item).Own:
		return nil, forbidden(notAllowed)
	}
	if err := c.commit(board.Record{Op: board.Hide, ID: p.ID, Hidden: *to.Hidden}); err != nil {
		return nil, err
	}
	return object{"data": object{"hidden": *to.Hidden}}, nil
}
