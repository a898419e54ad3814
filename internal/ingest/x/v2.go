package x

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
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
	// size counts its entries, odd those of them that are no posts.
	size, odd int
}

// keep leaves out posts that are none of those asked for.
func (pg *page) keep(ids []string) {
	pg.posts = slices.DeleteFunc(pg.posts, func(p post) bool {
		return !slices.ContainsFunc(p.versions, func(id string) bool { return slices.Contains(ids, id) })
	})
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
	pg, err := v.page(ctx, o)
	meta := o.object("meta")
	pg.more = meta.text("next_token")
	cut := !o.has("data") && meta == nil || pg.size == 0 && meta.number("result_count") > 0
	if err == nil && (cut || pg.more == "" && meta.has("next_token") && string(meta["next_token"]) != `""`) {
		err = senseless(http.StatusOK)
	}
	return pg, err
}

func (v *version2) lookup(ctx context.Context, ids []string) (page, error) {
	query := v.ask(url.Values{"ids": {strings.Join(ids, ",")}})
	o, x, err := v.read(ctx, request{name: "lookup", path: "/2/tweets", query: query}, "data", "errors")
	if err != nil {
		return page{}, err
	}
	pg, err := v.page(ctx, o)
	if err != nil {
		return page{}, err
	}
	pg.keep(ids)
	missing := func(id string) bool { _, told := pg.missing[id]; return told }
	if len(pg.posts) == 0 && !slices.ContainsFunc(ids, missing) {
		return page{}, readError(x, false, v.now())
	}
	return pg, nil
}

func (v *version2) me(ctx context.Context) (person, error) {
	o, x, err := v.read(ctx, request{path: "/2/users/me", query: url.Values{"user.fields": {"protected"}}}, "data")
	if err != nil {
		return person{}, err
	}
	d := o.object("data")
	p := person{id: d.id("id"), handle: d.text("username"), protected: d.flag("protected"), access: x.Header.Get("x-access-level")}
	if p.id == "" {
		return person{}, senseless(x.Status)
	}
	v.handle.Store(&p.handle)
	return p, nil
}

// page reads an answer that holds posts.
func (v *version2) page(ctx context.Context, o object) (page, error) {
	data, odd, ok := entries(o["data"])
	if o.has("data") && !ok {
		return page{}, senseless(http.StatusOK)
	}
	if v.handle.Load() == nil && nameless(data) {
		if _, err := v.me(ctx); err != nil {
			return page{}, err
		}
	}
	pg := page{beside: map[string]post{}, missing: map[string]bool{}, size: len(data) + odd, odd: odd}
	r := v.reader(o, data)
	for _, d := range data {
		if p, ok := r.post(d); ok {
			pg.posts = append(pg.posts, p)
		}
	}
	for id, d := range r.known {
		if p, ok := r.post(d); ok {
			pg.beside[id] = p
		}
	}
	for _, e := range o.list("errors") {
		id, kind := e.id("resource_id", "value"), kindOfProblem(e.text("type"))
		if id != "" && kind != unavailable && kind != broken { // those may be shown the next time
			pg.missing[id] = kind == notFound
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
	r := request{method: http.MethodPost}
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
	o, _, err := v.read(ctx, request{path: "/2/dm_conversations/with/" + with + "/dm_events", query: query}, "data", "meta")
	if read := (*ingest.ReadError)(nil); errors.As(err, &read) && read.Code == notFound { // nobody wrote yet
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, m := range o.list("data") {
		out = append(out, message{from: m.id("sender_id"), at: m.time("created_at")})
	}
	return out, nil
}
