package facebook

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

const (
	postsAtOnce    = 50
	commentsAtOnce = 100
	overlap        = 24 * time.Hour
	refusedFor     = time.Hour
	lookEvery      = 10 * time.Minute // at the lists besides the feed, by Peek
)

// others are the lists besides the feed, which not every token may read, and what
// is left out without them. Only ads_posts has the comments on advertisements.
var others = []struct{ name, has string }{{"visitor_posts", "posts by visitors"}, {"ads_posts", "advertisements"}}

// Sweep reads every comment under the newest posts, and under all posts made
// since mark, or up to a day before. Comments carry no time of their last edit, so they are all read
// again each time. One post that cannot be read does not hide the others.
//
// With up to 50 posts of up to 50 comments each it makes three calls: one for
// each list of posts. Each further 50 posts, and each further 100 comments of a
// post, are one more.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	started := c.now().UTC()
	r := &reading{Client: c, emit: emit, seen: map[string]bool{}}
	if !mark.Time.IsZero() {
		r.bound = earlier(mark.Time, started).Add(-overlap)
	}
	if err := r.run(ctx); err != nil {
		return mark, err
	}
	c.mu.Lock()
	c.whole = r.whole
	c.mu.Unlock()
	return ingest.Mark{Time: started}, nil
}

// Peek reads the newest comments under the newest posts, those made before too,
// and goes on under a post while everything there is new. Comments from more
// than a day before mark it leaves to Sweep.
//
// It makes one call; every ten minutes three, to look at the lists besides the
// feed; and one more for each further 100 new comments under a post.
func (c *Client) Peek(ctx context.Context, mark ingest.Mark, known ingest.Known, emit ingest.Emit) error {
	if known == nil {
		known = func(string) bool { return false }
	}
	r := &reading{Client: c, emit: emit, known: known, seen: map[string]bool{}, bound: c.now()}
	if !mark.Time.IsZero() {
		r.bound = earlier(mark.Time, r.bound).Add(-overlap)
	}
	return r.run(ctx)
}

// earlier is the mark, or now where a clock that was wrong set it.
func earlier(mark, now time.Time) time.Time {
	if mark.After(now) {
		return now
	}
	return mark
}

// Posts implements ingest.Whole.
func (c *Client) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole
}

// reading is one Sweep or Peek under way.
type reading struct {
	*Client
	emit    ingest.Emit
	known   ingest.Known // nil: a Sweep
	bound   time.Time    // what was made after it is read however much it is
	seen    map[string]bool
	whole   []string // posts that were read to their end
	mishaps graph.Mishaps
	odd     int // comments without an id
}

// run reads the feed, then the lists that not every token may read.
func (r *reading) run(ctx context.Context) error {
	err := r.posts(ctx, "feed")
	for _, list := range others {
		if err != nil || r.skips(list.name) {
			continue
		}
		if err = r.posts(ctx, list.name); optional(err) {
			r.refuse(list.name, err)
			err = nil
		}
	}
	if r.odd > 0 {
		r.log.Warn("comments without an id were left out", zap.Int("count", r.odd))
	}
	if err == nil {
		err = r.mishaps.Err()
	}
	return err
}

// optional reports whether err only says that we may not read a list.
func optional(err error) bool { return graph.KindOf(err) == ingest.Forbidden || graph.Wrong(err) }

// skips reports whether a list is left out, to save calls: it was refused
// recently, or a Peek need not look again yet.
func (r *reading) skips(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	at, refused := r.refused[name]
	looked, before := r.looked[name]
	if refused && now.Sub(at) < refusedFor || r.known != nil && before && now.Sub(looked) < lookEvery {
		return true
	}
	r.looked[name] = now
	return false
}

// refuse remembers that a list may not be read, and says so once.
func (c *Client) refuse(name string, err error) {
	c.mu.Lock()
	_, known := c.refused[name]
	c.refused[name] = c.now()
	c.mu.Unlock()
	if !known {
		c.log.Warn("a list of posts may not be read and is left out", zap.String("list", name), zap.String("code", graph.CodeOf(err)))
	}
}

// posts reads the posts of a list, newest first: a Sweep until enough were
// seen, a Peek those of one page.
func (r *reading) posts(ctx context.Context, name string) error {
	listed := map[string]bool{} // a list that starts over repeats itself
	p := graph.Params{"fields": postFields, "limit": min(r.cfg.Posts, postsAtOnce)}
	if r.known != nil {
		p["fields"] = peekFields
	}
	return r.api.Walk(ctx, graph.List{Path: r.cfg.Page + "/" + name, Page: p}, func(pg graph.Page) (bool, error) {
		for _, raw := range pg.Data {
			post := graph.ObjectOf(raw)
			if err := r.post(ctx, post); err != nil {
				return true, err
			}
			listed[post.Text("id")] = true
			recent := !r.bound.IsZero() && post.Time("created_time").After(r.bound)
			if r.known == nil && len(listed) >= r.cfg.Posts && !recent {
				return true, nil
			}
		}
		return r.known != nil, nil
	})
}

// post hands on the comments of one post, once a sweep. An error ends the
// sweep; what concerns this post alone is kept for its end.
func (r *reading) post(ctx context.Context, post graph.Object) error {
	id := post.Text("id")
	if id == "" || r.seen[id] {
		return nil
	}
	r.seen[id] = true
	first := graph.Within(post, "comments")
	enough, err := r.hand(ctx, post, first)
	if err != nil {
		return err
	}
	if enough || first.More == nil {
		r.whole = append(r.whole, id)
		return nil
	}
	order := "chronological"
	if r.known != nil {
		order = "reverse_chronological"
	}
	var handing error
	p := graph.Params{"fields": commentFields, "filter": "stream", "order": order, "limit": commentsAtOnce}
	err = r.api.Walk(ctx, graph.List{Path: graph.Escape(id) + "/comments", Page: p, After: first.More}, func(pg graph.Page) (bool, error) {
		enough, handing = r.hand(ctx, post, pg)
		return enough, handing
	})
	switch {
	case handing != nil:
		return handing
	case err == nil:
		r.whole = append(r.whole, id)
	}
	return r.mishaps.Keep(ctx, err)
}

// hand emits one page of comments, and tells whether a Peek has seen enough.
func (r *reading) hand(ctx context.Context, post graph.Object, pg graph.Page) (enough bool, err error) {
	batch := make([]ingest.Comment, 0, len(pg.Data))
	for _, raw := range pg.Data {
		c, ok := r.comment(raw, post)
		if !ok {
			r.odd++
			continue
		}
		batch = append(batch, c)
	}
	if len(batch) == 0 {
		return false, nil
	}
	return r.enough(batch), r.emit(ctx, batch)
}

// enough reports whether a Peek need not read on after a page, newest first: it
// ends with an old one, or one was known. Facebook tells seconds only, and the
// order within one is not known: those of the last second may go on overleaf.
func (r *reading) enough(batch []ingest.Comment) bool {
	if r.known == nil {
		return false
	}
	last := batch[len(batch)-1].Created
	return last.Before(r.bound) || slices.ContainsFunc(batch, func(c ingest.Comment) bool {
		return c.Created.After(last) && r.known(c.Content.Item)
	})
}
