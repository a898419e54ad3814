package x

import (
	"context"
	"math"
	"strconv"

	"triage/internal/ingest"
	"triage/internal/ingest/x/legacy"
)

// version1 speaks version 1.1 of the API. That knows no edits, no conversations
// and no hiding, and its lists end where a page is empty.
type version1 struct {
	calls  *legacy.Client
	limits *limits
	cfg    Config
	clock
}

func (v *version1) list(ctx context.Context, l list) (page, error) {
	w := legacy.Window{Since: number(l.since), Until: number(l.more)}
	var x ingest.Exchange
	if l.own {
		x = v.noted("tweets", v.calls.Posts(ctx, number(v.cfg.User), w))
	} else {
		x = v.noted("mentions", v.calls.Mentions(ctx, w))
	}
	pg, err := v.page(x)
	if number(pg.more) <= w.Since {
		pg.more = ""
	}
	return pg, err
}

// lookup asks for one post by itself, which alone tells whether it is gone.
func (v *version1) lookup(ctx context.Context, ids []string) (page, error) {
	if len(ids) > 1 {
		all := make([]int64, len(ids))
		for i, id := range ids {
			all[i] = number(id)
		}
		pg, err := v.page(v.noted("lookup", v.calls.Lookup(ctx, all)))
		pg.keep(ids)
		return pg, err
	}
	x := v.noted("show", v.calls.Show(ctx, number(ids[0])))
	if x.Err == nil && !x.OK() {
		if judge(failureOf(x.Body), x.Status, "").gone {
			return page{missing: map[string]bool{ids[0]: true}}, nil
		}
	}
	p, ok := v.post(objectOf(x.Body))
	return page{posts: []post{p}}, readError(x, ok && p.id == ids[0], v.now())
}

func (v *version1) me(ctx context.Context) (person, error) {
	x := v.calls.Verify(ctx)
	o := objectOf(x.Body)
	p := person{id: o.id("id_str", "id"), handle: o.text("screen_name"), protected: o.flag("protected"), access: x.Header.Get("x-access-level")}
	return p, readError(x, p.id != "", v.now())
}

// write makes exactly one request.
func (v *version1) write(ctx context.Context, w order) ingest.Outcome {
	var x ingest.Exchange
	switch w.kind {
	case ingest.Reply:
		x = v.calls.Reply(ctx, number(w.id), w.text)
	case ingest.TakeDown:
		x = v.calls.Destroy(ctx, number(w.id))
	default:
		return refusal("version 1.1 of X's API cannot do this; do it by hand on x.com")
	}
	if id := objectOf(x.Body).id("id_str", "id"); x.OK() && id != "" {
		return ingest.Outcome{Result: ingest.Done, Item: id}
	}
	return outcome(x, w.kind, v.now())
}

func (v *version1) noted(call string, x ingest.Exchange) ingest.Exchange {
	v.limits.note(call, x.Header)
	return x
}

// page reads an answer that is an array of posts. What is older than all of it,
// what is left out here too, is overleaf.
func (v *version1) page(x ingest.Exchange) (page, error) {
	data, odd, ok := entries(x.Body)
	if err := readError(x, ok, v.now()); err != nil {
		return page{}, err
	}
	pg, lowest := page{odd: odd, size: len(data) + odd}, int64(math.MaxInt64)
	for _, o := range data {
		lowest = min(lowest, number(o.id("id_str", "id")))
		pg.more = strconv.FormatInt(lowest-1, 10)
		if p, ok := v.post(o); ok {
			pg.posts = append(pg.posts, p)
		}
	}
	return pg, nil
}

// post reads one. What it answers stands for its conversation.
func (v *version1) post(o object) (p post, ok bool) {
	u := o.object("user")
	p = post{
		id: o.id("id_str", "id"), author: u.id("id_str", "id"), name: u.text("name"), handle: u.text("screen_name"),
		answers: o.id("in_reply_to_status_id_str", "in_reply_to_status_id"), starter: o.id("in_reply_to_user_id_str", "in_reply_to_user_id"),
		quotes: o.id("quoted_status_id_str", "quoted_status_id"), quoted: o.object("quoted_status").object("user").id("id_str", "id"),
		created: o.time("created_at"),
	}
	if p.created.IsZero() {
		p.created = madeAt(p.id)
	}
	p.versions, p.conversation = []string{p.id}, p.answers
	if p.conversation == "" {
		p.conversation, p.starter = p.id, p.author
	}
	w := words{text: o.text("full_text", "text"), entities: o.object("entities"), reply: p.answers != ""}
	w.from, w.to, w.ranged = o.pair("display_text_range")
	p.text = w.readable(p.author == v.cfg.User)
	p.named = w.names(v.cfg.User, "")
	p.media = len(o.object("extended_entities", "entities").list("media")) > 0
	return p, p.id != "" && !o.has("retweeted_status")
}

// number reads an id. What is none is 0, and what is too large the largest one:
// nothing is found by either.
func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}
