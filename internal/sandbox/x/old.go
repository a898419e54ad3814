package x

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// Version 1.1, for accounts that still have it.

// oldMe is GET account/verify_credentials.
func (c *call) oldMe() (any, *problem) { return c.oldUser(c.practice()), nil }

// oldMentions is GET statuses/mentions_timeline.
func (c *call) oldMentions() (any, *problem) {
	return c.oldList(c.count("mentions-kept"), c.mentions), nil
}

// oldTimeline is GET statuses/user_timeline: of who asks, unless it names somebody.
func (c *call) oldTimeline() (any, *problem) {
	id, name := c.query.Get("user_id"), c.query.Get("screen_name")
	if id == "" && name == "" {
		id = c.who.id
	}
	who, ok := c.named(id, name)
	switch {
	case !ok:
		return nil, old(http.StatusNotFound, 34, "Sorry, that page does not exist.")
	case who.id != c.opt.UserID && protected(c.wrote(who)):
		return nil, &problem{status: http.StatusUnauthorized, more: object{"request": c.r.URL.Path, "error": "Not authorized."}}
	}
	out := c.oldList(keptPosts, func(p post) bool { return c.author(p.Item) == who && p.Kind != board.DarkPost })
	if c.query.Get("exclude_replies") == "true" {
		// They are left out of what was counted, so that there may be less.
		out = slices.DeleteFunc(out, func(p object) bool { return p["in_reply_to_user_id"] != nil })
	}
	return out, nil
}

// oldList gives those of the wanted posts that count, since_id and max_id leave,
// newest first. Here max_id is inclusive.
func (c *call) oldList(kept int, wanted func(post) bool) []object {
	size := 20
	if n, err := strconv.Atoi(c.query.Get("count")); err == nil {
		size = max(1, min(n, 200))
	}
	since, upTo := numeric(c.query.Get("since_id")), numeric(c.query.Get("max_id"))
	out := []object{}
	for _, p := range c.newest(kept, wanted) {
		id := numeric(p.id())
		if len(out) == size || id <= since {
			break
		}
		if (upTo == 0 || id <= upTo) && !p.Deleted && !c.hiddenFromUs(p.Item) {
			out = append(out, c.oldPost(p))
		}
	}
	return out
}

// oldShow is GET statuses/show.
func (c *call) oldShow() (any, *problem) {
	p, ok := c.find(c.query.Get("id"))
	switch {
	case !ok:
		return nil, old(http.StatusNotFound, 144, "No status found with that ID.")
	case c.hiddenFromUs(p.Item):
		return nil, old(http.StatusForbidden, 179, "Sorry, you are not authorized to see this status.")
	}
	return c.oldPost(p), nil
}

// oldLookup is GET statuses/lookup: what cannot be seen is left out.
func (c *call) oldLookup() (any, *problem) {
	out := []object{}
	for id := range strings.SplitSeq(c.query.Get("id"), ",") {
		if p, ok := c.find(id); ok && !c.hiddenFromUs(p.Item) {
			out = append(out, c.oldPost(p))
		}
	}
	return out, nil
}

// oldUpdate is POST statuses/update.
func (c *call) oldUpdate() (any, *problem) {
	it := c.NewPost(board.PagePost, 0)
	it.Text, it.Created, it.More = c.r.PostFormValue("status"), c.now().Truncate(time.Second), map[string]string{}
	if it.Text == "" {
		return nil, old(http.StatusForbidden, 170, "Missing required parameter: status.")
	}
	if err := c.oldReply(it); err != nil {
		return nil, err
	}
	if err := c.publish(it); err != nil {
		return nil, err
	}
	return c.oldPost(latest(it)), nil
}

// oldReply makes it a reply, if it names who is answered or lets X do so; it is none
// otherwise.
func (c *call) oldReply(it *board.Item) *problem {
	to := c.r.PostFormValue("in_reply_to_status_id")
	p, ok := c.find(to)
	populated := c.r.PostFormValue("auto_populate_reply_metadata") == "true"
	if to == "" || ok && !populated && !strings.Contains(it.Text, "@"+c.author(p.Item).username) {
		return nil
	}
	if err := c.answers(it, to); err != nil {
		return c.oldRefusal(err)
	}
	if !populated {
		it.More[moreBare] = "true"
	}
	return nil
}

// oldRefusal says in 1.1's words why a reply is refused.
func (c *call) oldRefusal(err *problem) *problem {
	if strings.HasPrefix(err.detail, "You attempted") {
		return old(http.StatusForbidden, 385, err.detail)
	}
	return old(http.StatusForbidden, 433, "The original Tweet author restricted who can reply to this Tweet.")
}

// oldDestroy is POST statuses/destroy/{id}.json.
func (c *call) oldDestroy() (any, *problem) {
	p, ok := c.find(strings.TrimSuffix(c.id, ".json"))
	switch {
	case !ok:
		return nil, old(http.StatusNotFound, 144, "No status found with that ID.")
	case !p.Own:
		return nil, old(http.StatusForbidden, 183, "You may not delete another user's status.")
	}
	if err := c.commit(board.Record{Op: board.Delete, ID: p.ID}); err != nil {
		return nil, err
	}
	return c.oldPost(p), nil
}

// oldPost gives a post in 1.1's shape: with numbers beside the strings, and null for
// what is absent.
func (c *call) oldPost(p post) object {
	whole := c.query.Get("tweet_mode") == "extended" || c.r.PostFormValue("tweet_mode") == "extended"
	w := c.words(p, whole)
	out := object{"created_at": p.at().Format(time.RubyDate), "id": numeric(p.id()), "id_str": p.id(), "truncated": !whole && weight(p.said()) > maxWeight,
		"user": c.oldUser(c.author(p.Item)), "entities": oldEntities(w), "lang": "en", "source": "", "favorited": false, "retweeted": false,
		"retweet_count": 0, "favorite_count": 0, "is_quote_status": c.quoted(p.Item) != nil, "coordinates": nil, "place": nil,
		"in_reply_to_status_id": nil, "in_reply_to_status_id_str": nil, "in_reply_to_user_id": nil, "in_reply_to_user_id_str": nil, "in_reply_to_screen_name": nil}
	if whole {
		out["full_text"], out["display_text_range"] = w.text, []int{w.start, w.end}
	} else {
		out["text"] = w.text
	}
	if to := c.target(p.Item); to != nil {
		id, who := asOf(to, p.Created).id(), c.author(to)
		out["in_reply_to_status_id"], out["in_reply_to_status_id_str"] = numeric(id), id
		out["in_reply_to_user_id"], out["in_reply_to_user_id_str"], out["in_reply_to_screen_name"] = numeric(who.id), who.id, who.username
	}
	if q := c.quoted(p.Item); q != nil {
		id := asOf(q, p.Created).id()
		out["quoted_status_id"], out["quoted_status_id_str"] = numeric(id), id
	}
	return out
}

func (c *call) oldUser(who person) object {
	own := who.id == c.opt.UserID
	return object{"id": numeric(who.id), "id_str": who.id, "name": who.name, "screen_name": who.username,
		"protected": !own && protected(c.wrote(who)), "verified": own, "suspended": who.name == "", "followers_count": 12, "statuses_count": len(c.wrote(who))}
}

func oldEntities(w words) object {
	mentions, links, tags := []object{}, []object{}, []object{}
	for _, m := range w.mentions {
		mentions = append(mentions, object{"id": numeric(m.who.id), "id_str": m.who.id, "name": m.who.name, "screen_name": m.what, "indices": []int{m.start, m.end}})
	}
	for _, m := range w.links {
		links = append(links, object{"url": m.short, "expanded_url": m.what, "display_url": m.what, "indices": []int{m.start, m.end}})
	}
	for _, m := range w.tags {
		tags = append(tags, object{"text": m.what, "indices": []int{m.start, m.end}})
	}
	return object{"user_mentions": mentions, "urls": links, "hashtags": tags, "symbols": []object{}}
}
