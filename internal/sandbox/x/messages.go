package x

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"triage/internal/sandbox/board"
)

const (
	maxMessage = 10_000              // characters of a direct message
	talkKept   = 30 * 24 * time.Hour // how long messages can be listed
)

// message is a direct message between the practice and a person.
type message struct {
	id   string
	at   time.Time
	text string
	from person
	with person // the person, whoever wrote it
}

// messages gives those with one person, or with everybody where id is empty, newest
// first. They outlive the posts that they are kept with.
func (x *X) messages(id string) []message {
	var out []message
	for _, it := range x.board.Items {
		if it.Platform != x.Name() || it.Own {
			continue
		}
		if who := x.author(it); id == "" || who.id == id {
			out = append(out, x.kept(it, who)...)
		}
	}
	slices.SortFunc(out, func(a, b message) int { return byID(b.id, a.id) })
	return out
}

// kept gives the messages that are kept with a post. Their ids are made of its
// number, and of a time that no other message with that person has.
func (x *X) kept(it *board.Item, who person) []message {
	const bits, theirs = 22, 1 << 21
	number := int(numeric(it.ID) & (1<<bits - 1))
	var out []message
	if text := it.More[moreMessage]; text != "" {
		at, err := time.Parse(time.RFC3339, it.More[moreMessageAt])
		if err != nil {
			at = it.Created.Add(-time.Minute)
		}
		out = append(out, message{snowflake(at, number|theirs), at.UTC(), text, who, who})
	}
	for _, m := range it.Private {
		out = append(out, message{snowflake(m.At, number), m.At, m.Text, x.practice(), who})
	}
	return out
}

// talk is the id of the conversation with a person.
func (x *X) talk(who person) string {
	two := []string{x.opt.UserID, who.id}
	slices.SortFunc(two, byID)
	return two[0] + "-" + two[1]
}

// tell is POST /2/dm_conversations/with/{id}/messages. The message is kept with
// the newest post of that person that has none yet.
func (c *call) tell() (any, *problem) {
	var m struct {
		Text        string          `json:"text"`
		Attachments json.RawMessage `json:"attachments"`
	}
	if err := c.strict(&m); err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > maxMessage || len(m.Attachments) > 0 {
		return nil, invalid("", "", "[$.text: must be from 1 to %d characters long]", maxMessage)
	}
	who, ok := c.account(c.id)
	wrote, before := c.wrote(who), c.messages(c.id)
	if !ok || who.id == c.who.id || !c.open(wrote) && len(before) == 0 {
		return nil, forbidden("You do not have permission to DM one or more participants.")
	}
	at := c.now().Truncate(time.Second)
	if len(before) > 0 && !at.After(before[0].at) {
		at = before[0].at.Add(time.Millisecond)
	}
	about := holder(wrote)
	if err := c.commit(board.Record{Op: board.Private, ID: about.ID, Text: m.Text, At: at}); err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return object{"data": object{"dm_conversation_id": c.talk(who), "dm_event_id": c.messages(c.id)[0].id}}, nil
}

// holder is the newest post without a message, or else the newest.
func holder(wrote []*board.Item) *board.Item {
	about := wrote[len(wrote)-1]
	for _, it := range wrote {
		if len(it.Private) == 0 {
			about = it
		}
	}
	return about
}

// conversation is GET /2/dm_conversations/with/{id}/dm_events.
func (c *call) conversation() (any, *problem) {
	if !idPattern.MatchString(c.id) {
		return nil, invalid("participant_id", c.id, "The `participant_id` query parameter value [%s] is not valid", c.id)
	}
	return c.events(c.messages(c.id))
}

// conversations is GET /2/dm_events.
func (c *call) conversations() (any, *problem) { return c.events(c.messages("")) }

// events gives one page of messages. Between two nobody joins or leaves, so that
// there are no events of other kinds.
func (c *call) events(all []message) (any, *problem) {
	pg, err := c.page(1, biggestPage)
	if err != nil {
		return nil, err
	}
	kinds := c.list("event_types")
	since := c.now().Add(-talkKept)
	var ids []string
	all = slices.DeleteFunc(all, func(m message) bool { return m.at.Before(since) || len(kinds) > 0 && !kinds["MessageCreate"] })
	for _, m := range all {
		ids = append(ids, m.id)
	}
	from, to, meta := pg.bounds(ids)
	meta["result_count"] = to - from
	if from == to {
		return object{"meta": meta}, nil
	}
	a := c.answer()
	var data []object
	for _, m := range all[from:to] {
		data = append(data, a.event(m))
	}
	return a.wrap(data, meta), nil
}

// event gives a message with the fields that were asked for, and expands it.
func (a *answer) event(m message) object {
	var w words
	a.read(&w, m.text, map[string]person{strings.ToLower(a.opt.Username): a.practice(), m.with.username: m.with})
	out := object{"id": m.id, "event_type": "MessageCreate", "text": w.text}
	fields := a.list("dm_event.fields")
	if a.expansions["sender_id"] {
		fields["sender_id"] = true // an expansion shows the id that it expands, too
		a.includeUser(m.from, "sender_id")
	}
	values := object{"created_at": m.at.Format(stamp), "dm_conversation_id": a.talk(m.with), "sender_id": m.from.id, "entities": entities(w)}
	for name, v := range values {
		if fields[name] && v != nil {
			out[name] = v
		}
	}
	return out
}
