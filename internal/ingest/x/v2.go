package x

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"triage/internal/ingest"
)

// list names a part of a list: of the account's own posts or of its mentions,
// what is newer than the post since, from where a page before said to go on.
type list struct {
	own         bool
	since, more string
}

// page is one page of a list, or what was looked up.
type page struct {
	posts []post
	// beside are posts that came along, by id.
	beside map[string]post
	// missing are those asked for that are not shown: true where X does not have
	// them any more, false where we may not see them.
	missing map[string]bool
	// more asks for the next page; empty at the end.
	more string
	// odd counts entries that are no posts.
	odd int
}

// person is whose keys or token these are.
type person struct {
	id, handle string
	protected  bool
	// access is what the app may do, as X words it; empty: it does not say.
	access string
}

// order is one write.
type order struct {
	kind ingest.ActionKind
	id   string // of the version acted on
	to   string // who gets a private message
	text string
}

// version2 speaks version 2 of the API.
type version2 struct {
	wire
	cfg    Config
	handle atomic.Pointer[string] // the account's name, once it was needed
}

// spelling is how fields are asked for.
type spelling struct{ parameter, fields, expansions string }

var spellings = map[string]spelling{
	tweets: {"tweet.fields",
		"attachments,author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,note_tweet,referenced_tweets",
		"author_id,referenced_tweets.id"},
	posts: {"post.fields",
		"attachments,conversation_id,created_at,display_text_range,entities,note_post",
		"author_id,edit_history_post_ids,referenced_posts"},
}

// ask adds the fields that are wanted of posts.
func (v *version2) ask(query url.Values) url.Values {
	s := spellings[v.cfg.Fields]
	query.Set(s.parameter, s.fields)
	query.Set("expansions", s.expansions)
	query.Set("user.fields", "name,username")
	if v.cfg.Private {
		query.Set("user.fields", "name,receives_your_dm,username")
	}
	return query
}

func (v *version2) list(ctx context.Context, l list) (page, error) {
	name, query := "mentions", url.Values{"max_results": {"100"}}
	if l.own {
		name = "tweets"
		query.Set("exclude", "retweets")
	}
	if l.since != "" {
		query.Set("since_id", l.since)
	}
	if l.more != "" {
		query.Set("pagination_token", l.more)
	}
	o, _, err := v.read(ctx, request{name: name, path: "/2/users/" + v.cfg.User + "/" + name, query: v.ask(query)}, "data", "meta")
	if err != nil {
		return page{}, err
	}
	return v.page(ctx, o)
}

func (v *version2) lookup(ctx context.Context, ids []string) (page, error) {
	query := v.ask(url.Values{"ids": {strings.Join(ids, ",")}})
	o, _, err := v.read(ctx, request{name: "lookup", path: "/2/tweets", query: query}, "data", "errors")
	if err != nil {
		return page{}, err
	}
	pg, err := v.page(ctx, o)
	if err != nil {
		return page{}, err
	}
	told := len(pg.posts) > 0
	for _, id := range ids {
		_, missing := pg.missing[id]
		told = told || missing
	}
	if !told {
		return page{}, senseless(http.StatusOK)
	}
	return pg, nil
}

func (v *version2) me(ctx context.Context) (person, error) {
	o, h, err := v.read(ctx, request{name: "me", path: "/2/users/me", query: url.Values{"user.fields": {"protected"}}}, "data")
	if err != nil {
		return person{}, err
	}
	d := o.object("data")
	p := person{id: d.id("id"), handle: d.text("username"), protected: d.flag("protected"), access: h.Get("x-access-level")}
	v.handle.Store(&p.handle)
	return p, nil
}

// page reads an answer that holds posts.
func (v *version2) page(ctx context.Context, o object) (page, error) {
	data, ok := objects(o["data"])
	if o.has("data") && !ok {
		return page{}, senseless(http.StatusOK)
	}
	if v.handle.Load() == nil && nameless(data) {
		if _, err := v.me(ctx); err != nil {
			return page{}, err
		}
	}
	pg := page{beside: map[string]post{}, missing: map[string]bool{}, more: o.object("meta").text("next_token")}
	r := v.reader(o, data)
	for _, d := range data {
		if p, ok := r.post(d); ok {
			pg.posts = append(pg.posts, p)
		} else {
			pg.odd++
		}
	}
	for id, d := range r.known {
		if p, ok := r.post(d); ok {
			pg.beside[id] = p
		}
	}
	for _, e := range o.list("errors") {
		if id := e.id("resource_id", "value"); id != "" {
			pg.missing[id] = kindOfProblem(e.text("type")) == "resource-not-found"
		}
	}
	return pg, nil
}

// nameless reports whether a post names people without their ids.
func nameless(data []object) bool {
	for _, d := range data {
		for _, e := range []object{d.object("entities"), d.object("note_tweet", "note_post").object("entities")} {
			for _, m := range e.list("mentions") {
				if m.id("id") == "" {
					return true
				}
			}
		}
	}
	return false
}

// write makes exactly one request.
func (v *version2) write(ctx context.Context, w order) ingest.Outcome {
	r := request{name: string(w.kind), method: http.MethodPost}
	made := func(data object) (string, bool) { id := data.id("id"); return id, id != "" }
	switch w.kind {
	case ingest.Reply:
		body := map[string]any{"text": w.text, "reply": map[string]any{"in_reply_to_tweet_id": w.id}}
		if v.cfg.DeepLink {
			body["direct_message_deep_link"] = "https://x.com/messages/compose?recipient_id=" + v.cfg.User
		}
		r.path, r.body = "/2/tweets", body
	case ingest.Private:
		r.path, r.body = "/2/dm_conversations/with/"+w.to+"/messages", map[string]any{"text": w.text}
		made = func(data object) (string, bool) { id := data.id("dm_event_id"); return id, id != "" }
	case ingest.Hide:
		r.method, r.path, r.body = http.MethodPut, "/2/tweets/"+w.id+"/hidden", map[string]any{"hidden": true}
		made = func(data object) (string, bool) { return "", data.flag("hidden") }
	case ingest.TakeDown:
		r.method, r.path = http.MethodDelete, "/2/tweets/"+w.id
		made = func(data object) (string, bool) { return "", data.flag("deleted") }
	}
	return v.wire.write(ctx, r, w.kind, made)
}

// message is one private message of a conversation.
type message struct {
	from string
	at   time.Time
}

// messages are the newest private messages between the account and somebody.
func (v *version2) messages(ctx context.Context, with string) (out []message, err error) {
	query := url.Values{"max_results": {"100"}, "event_types": {"MessageCreate"}, "expansions": {"sender_id"}, "dm_event.fields": {"created_at,event_type"}}
	if v.cfg.Fields == tweets {
		query.Set("dm_event.fields", "created_at,event_type,sender_id")
	}
	o, _, err := v.read(ctx, request{name: "messages", path: "/2/dm_conversations/with/" + with + "/dm_events", query: query}, "data", "meta")
	if err != nil {
		return nil, err
	}
	for _, m := range o.list("data") {
		out = append(out, message{from: m.id("sender_id"), at: m.time("created_at")})
	}
	return out, nil
}
